/**
 * The help pages: purpose, options and examples of a command; the commands of a group; all commands, the environment
 * and the exit codes of `pixxel`. The texts come from the commands' definitions, extracted from @effect/cli's own page,
 * which adds a paragraph for the type of each option.
 */
import { stripVTControlCharacters } from "node:util"
import type * as CliConfig from "@effect/cli/CliConfig"
import * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Options from "@effect/cli/Options"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import { placeholders } from "./CommandLine.js"
import { isAlone, paths, syntax } from "./commands/command.js"
import { examples } from "./commands/index.js"
import { common } from "./commands/options.js"
import { meanings } from "./ExitCode.js"
import { padEnd, widthOf, wrap } from "./render/plain.js"
import { paint, type Style } from "./render/style.js"
import { sections } from "./render/table.js"

type Row = readonly [left: string, right: string]

const general: ReadonlyArray<Row> = [
  ["help [COMMAND]", "Show this help, or the help of a group or a command."],
  ["version", "Show the version of pixxel."],
  ["--help, -h", "Show the help of pixxel, a group or a command."],
  ["--version", "Show the version of pixxel."],
  ["--log-level LEVEL", "all, trace, debug, info, warning, error (default), fatal or none."],
  ["--completions SHELL", "Print the completion script for bash, fish or zsh."]
]

const environment: ReadonlyArray<Row> = [
  ["PIXXEL_API_KEY", "The API token. Required by every command without --mock."],
  ["PIXXEL_AUTH_SCHEME", "bearer (default), or raw to send the token without a scheme."],
  ["PIXXEL_BASE_URL", "Default: https://api.pixxel.space"],
  ["NO_COLOR", "Any value: no colours, even in a terminal."],
  ["FORCE_COLOR", "Any value except 0: colours, even in a pipe."],
  ["LC_ALL, LC_CTYPE, LANG", "The locale. One without UTF-8: maps of ASCII characters."],
  ["HTTPS_PROXY, HTTP_PROXY", "The proxy for URLs of this scheme. Without HTTPS_PROXY, HTTP_PROXY applies to both."],
  ["NO_PROXY", "Hosts to reach without a proxy: names, .domains, addresses, ranges such as 10.0.0.0/8, or *."]
]

// --- the definitions of the commands ---

const textOf = (doc: HelpDoc.HelpDoc) => stripVTControlCharacters(HelpDoc.toAnsiText(doc)).replace(/\s+/g, " ").trim()

const blocksOf = (doc: HelpDoc.HelpDoc): ReadonlyArray<HelpDoc.HelpDoc> =>
  HelpDoc.isSequence(doc) ? [...blocksOf(doc.left), ...blocksOf(doc.right)] : HelpDoc.isEmpty(doc) ? [] : [doc]

const descriptionOf = (doc: HelpDoc.HelpDoc): string => {
  const blocks = blocksOf(doc)
  const text = blocks[blocks.findIndex((block) => HelpDoc.isHeader(block) && textOf(block) === "DESCRIPTION") + 1]
  return text === undefined ? "" : textOf(text)
}

type Flag = ReturnType<typeof flagsOf>[number]

/** The text after the description of an optional option. */
const mayBeLeftOut = "This setting is optional."

const flagsOf = (doc: HelpDoc.HelpDoc) =>
  blocksOf(doc)
    .flatMap((block) => (HelpDoc.isDescriptionList(block) ? block.definitions : []))
    .map(([name, text]) => {
      // The first paragraph describes the type of the value.
      const [, ...paragraphs] = blocksOf(text).map(textOf)
      return {
        /** With the placeholder of its value. */
        name: textOf(HelpDoc.p(name)),
        description: paragraphs.filter((it) => !it.startsWith(mayBeLeftOut)).join(" "),
        isOptional: paragraphs.some((it) => it.startsWith(mayBeLeftOut))
      }
    })

// --- a page ---

const rows = (rows: ReadonlyArray<Row>, style: Style): ReadonlyArray<string> => {
  const left = Math.max(...rows.map(([left]) => widthOf(left))) + 4
  return rows.flatMap(([name, text]) =>
    wrap(text, Math.max(20, style.width - left)).map(
      (line, at) => paint(style, "cyan", padEnd(at === 0 ? `  ${name}` : "", left)) + line
    )
  )
}

const section = (title: string, lines: ReadonlyArray<string>, style: Style) =>
  lines.length === 0 ? "" : [paint(style, "bold", `${title}:`), ...lines].join("\n")

const examplesOf = (path: ReadonlyArray<string>) =>
  examples().filter((example) => path.every((word, at) => example.split(" ")[at + 1] === word))

type Command = CommandDescriptor.Command<unknown>

const nameOf = (command: Command) => [...CommandDescriptor.getNames(command)].join(" ")

/** The commands of a group, in the order of their definitions. */
const commandsOf = (group: Command): ReadonlyArray<readonly [path: string, Command]> => {
  const places = new Map(paths().map((path, place) => [path, place]))
  const placeOf = (path: string) => places.get(path) ?? places.size
  return HashMap.toEntries(CommandDescriptor.getSubcommands(group))
    .map(([name, command]) => [isAlone(nameOf(group)) ? name : `${nameOf(group)} ${name}`, command] as const)
    .sort(([one], [other]) => placeOf(one) - placeOf(other))
}

/** The page of a command, a group or the program, by its path; none for an unknown path. */
export const page = (
  root: Command,
  groups: ReadonlyArray<Command>,
  path: ReadonlyArray<string>,
  config: CliConfig.CliConfig
): Option.Option<(style: Style) => string> => {
  const commands = groups
    .filter((group) => path.length === 0 || nameOf(group) === path[0])
    .flatMap(commandsOf)
    .filter(([name]) => path.every((word, at) => name.split(" ")[at] === word))
  const isCommand = path.length === 2 || isAlone(path.join(" "))
  const found = isCommand
    ? commands[0]?.[1]
    : path.length === 0
      ? root
      : groups.find((group) => nameOf(group) === path[0])
  return Option.map(Option.fromNullable(found), (command) => {
    const doc = CommandDescriptor.getHelp(command, config)
    const ofEvery = flagsOf(Options.getHelp(Options.all(common)))
    const own = flagsOf(doc).filter(({ name }) => isCommand && !ofEvery.some((it) => it.name === name))
    const required = own.filter(({ isOptional }) => !isOptional).map(({ name }) => name)
    const ids = Option.getOrUndefined(syntax(path.join(" ")))?.ids ?? []
    const usage = (words: ReadonlyArray<string>) => `  ${["pixxel", ...path, ...words].join(" ")} [options]`
    const usages = [
      usage(isCommand ? required : path.length === 0 ? ["GROUP", "COMMAND"] : ["COMMAND"]),
      ...(isCommand && ids.length > 0 ? [usage([placeholders(ids)])] : [])
    ]
    const flagRows = (flags: ReadonlyArray<Flag>) => flags.map(({ description, name }): Row => [name, description])
    const commandRows = isCommand
      ? []
      : commands.map(([name, it]): Row => [name, descriptionOf(CommandDescriptor.getHelp(it, config))])
    return (wide: Style) => {
      const style = { ...wide, width: Math.min(wide.width, 100) }
      const list = (title: string, entries: ReadonlyArray<Row>) => section(title, rows(entries, style), style)
      return sections(
        descriptionOf(doc),
        section("Usage", usages, style),
        list("Commands", commandRows),
        list("Options", flagRows(own)),
        list("Options of every command", flagRows(ofEvery)),
        section(
          "Examples (add --mock to try them)",
          examplesOf(path).map((line) => `  ${line}`),
          style
        ),
        ...(path.length === 0
          ? [
              list("General options", general),
              list("Environment", environment),
              list("Exit codes", Object.entries(meanings))
            ]
          : [
              isCommand
                ? "pixxel --help shows the environment variables and the exit codes."
                : "Each command has its own --help. pixxel --help shows the environment and the exit codes."
            ])
      )
    }
  })
}
