/**
 * Normalizes a command line for @effect/cli: the command, then its options. Options may appear anywhere, and ids may be
 * positional: `pixxel --json jobs get WORKFLOW JOB`.
 */
import { levensteinDistance } from "@effect/cli/AutoCorrect"
import * as CliConfig from "@effect/cli/CliConfig"
import * as Option from "effect/Option"
import { isAlone, paths, type Syntax, syntax, syntaxOf } from "./commands/command.js"
import { groups } from "./commands/index.js"
import { common } from "./commands/options.js"
import type { Given } from "./Invocation.js"

/** A command with its options; `argv` is the input of @effect/cli. */
export interface Run {
  readonly _tag: "Run"
  /** Group and name; empty for an option of @effect/cli. */
  readonly command: string
  readonly options: ReadonlyArray<Given>
  readonly argv: ReadonlyArray<string>
}

export type CommandLine =
  | Run
  | { readonly _tag: "Help"; readonly path: ReadonlyArray<string> }
  | { readonly _tag: "Version" }
  | Mistake

interface Mistake {
  readonly _tag: "Mistake"
  readonly message: string
  /** The next step, if it is not to list the commands. */
  readonly next?: string | undefined
}

const mistake = (message: string, next?: string): Mistake => ({ _tag: "Mistake", message, next })

// --- words and options ---

interface OptionToken extends Given {
  readonly _tag: "Option"
  /** The option as typed. */
  readonly raw: ReadonlyArray<string>
}

type Token = OptionToken | { readonly _tag: "Word"; readonly text: string }

type Names = Pick<Syntax, "valued" | "switches">

/** The options of @effect/cli itself. */
const builtIn = {
  valued: new Set(["log-level", "completions"]),
  switches: new Set(["help", "h", "version", "wizard"])
} satisfies Names

const merged = (all: ReadonlyArray<Names>): Names => ({
  valued: new Set(all.flatMap(({ valued }) => [...valued])),
  switches: new Set(all.flatMap(({ switches }) => [...switches]))
})

/** The options that every command has. */
const ofEveryCommand = merged([builtIn, syntaxOf(common)])

/** The options of all commands of a group, or of all groups. */
const namesOf = (group: string | undefined): Names =>
  merged([
    ofEveryCommand,
    ...paths().flatMap((path) =>
      group === undefined || path.split(" ")[0] === group ? Option.toArray(syntax(path)) : []
    )
  ])

const tokenize = (argv: ReadonlyArray<string>, { switches, valued }: Names): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  let words = 0
  /** Whether the next word is the value of an option. An unknown option before the command has none. */
  const takes = (name: string, next: string): boolean =>
    switches.has(name) ? /^(true|false)$/.test(next) : !next.startsWith("--") && (valued.has(name) || words >= 2)
  for (let at = 0; at < argv.length; at++) {
    const [text = "", next] = argv.slice(at, at + 2)
    if (text === "--") {
      return [...tokens, ...argv.slice(at + 1).map((text): Token => ({ _tag: "Word", text }))]
    }
    const [, name, joined] = /^--?([^=-][^=]*)(?:=(.*))?$/s.exec(text) ?? []
    if (name === undefined) {
      tokens.push({ _tag: "Word", text })
      words++
    } else if (joined === undefined && next !== undefined && takes(name, next)) {
      tokens.push({ _tag: "Option", name, value: next, raw: [text, next] })
      at++
    } else tokens.push({ _tag: "Option", name, value: joined, raw: [text] })
  }
  return tokens
}

// --- commands ---

const enumeration = (names: ReadonlyArray<string>): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`

const commandsOf = (group: string) =>
  paths().flatMap((path) => (path.startsWith(`${group} `) ? [path.slice(group.length + 1)] : []))

const isGroup = (word: string) => groups.some((group) => group === word)

/** The maximum edit distance of a typo, as for options. */
const { autoCorrectLimit } = CliConfig.defaultConfig

const distance = (typed: string, name: string) =>
  levensteinDistance(typed, name, CliConfig.make({ isCaseSensitive: true }))

const nearest = (typed: string, names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names
    .filter((name) => distance(typed, name) <= Math.min(autoCorrectLimit, typed.length - 1))
    .sort((one, other) => distance(typed, one) - distance(typed, other))
    .slice(0, 1)

/** The probably intended commands. */
const suggestions = ([group = "", name]: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [likely] = isGroup(group) ? [group] : nearest(group, [...groups, "help", "version"])
  if (likely === undefined) return groups.flatMap((it) => (commandsOf(it).includes(group) ? [`${it} ${group}`] : []))
  if (name === undefined || !isGroup(likely)) return [likely]
  return nearest(name, commandsOf(likely)).map((it) => `${likely} ${it}`)
}

const question = (meant: ReadonlyArray<string>): string =>
  meant.length === 0 ? "" : ` Did you mean ${enumeration(meant.map((it) => `'${it}'`))}?`

/** The message for an unknown command. */
export const noCommand = (path: ReadonlyArray<string>): string =>
  `Unknown command 'pixxel ${path.join(" ")}'.${question(suggestions(path).map((command) => `pixxel ${command}`))}`

/** The first option that a command does not have, with the nearest one. */
const noOption = (command: string, names: ReadonlySet<string>, tokens: ReadonlyArray<Token>): Mistake | undefined => {
  const unknown = tokens.find((token): token is OptionToken => token._tag === "Option" && !names.has(token.name))
  if (unknown === undefined) return undefined
  const [typed = ""] = unknown.raw[0]?.split("=") ?? []
  const meant = nearest(unknown.name, [...names]).map((name) => `--${name}`)
  return mistake(
    `The option '${typed}' is not recognized.${question(meant)}`,
    `To list the options: pixxel ${command} --help`
  )
}

// --- ids ---

/** The ids of a command, as its usage shows them. */
export const placeholders = (ids: ReadonlyArray<string>): string => ids.map((id) => id.toUpperCase()).join(" ")

/**
 * Assigns each word to an id: in order if there are as many words as ids, otherwise to the ids without a value, from
 * left to right.
 */
const place = (command: string, { ids, switches, valued }: Syntax, tokens: ReadonlyArray<Token>): CommandLine => {
  const unknown = noOption(command, new Set([...valued, ...switches, ...builtIn.valued]), tokens)
  if (unknown !== undefined) return unknown
  const isComplete = tokens.filter(({ _tag }) => _tag === "Word").length === ids.length
  const options = new Map<string, string>()
  const words = new Map<string, string>()
  const kept: Array<OptionToken> = []
  for (const token of tokens) {
    if (token._tag === "Option") {
      const { name, value } = token
      const isId = ids.includes(name) && value !== undefined
      if (!isId || !words.has(name)) kept.push(token)
      if (isId) options.set(name, value)
    } else {
      const id = isComplete ? ids[words.size] : ids.find((it) => !words.has(it) && !options.has(it))
      if (id === undefined) {
        const takes = ids.length === 0 ? "no argument" : placeholders(ids)
        return mistake(`Unexpected argument '${token.text}': pixxel ${command} takes ${takes}.`)
      }
      words.set(id, token.text)
    }
  }
  for (const [id, word] of words) {
    const option = options.get(id)
    if (option !== undefined && option !== word) {
      return mistake(`Two values for ${id.toUpperCase()}: '${word}' and --${id} '${option}'. Give one of them.`)
    }
  }
  const placed = [...words]
    .filter(([id]) => !kept.some(({ name }) => name === id))
    .map(([name, value]): OptionToken => ({ _tag: "Option", name, value, raw: [`--${name}`, value] }))
  const all = [...kept, ...placed]
  // @effect/cli accepts its own options only before those of a command
  const isFirst = ({ name }: OptionToken) => builtIn.valued.has(name)
  const raw = (options: ReadonlyArray<OptionToken>) => options.flatMap(({ raw }) => raw)
  return {
    _tag: "Run",
    command,
    options: all.map(({ name, value }) => ({ name, value })),
    argv: [...raw(all.filter(isFirst)), ...command.split(" "), ...raw(all.filter((it) => !isFirst(it)))]
  }
}

/**
 * The group that a command line calls. None for an unknown one, for the completions, and behind an option that not all
 * commands have: the line is then read with the options of all groups.
 */
export const groupOf = (argv: ReadonlyArray<string>): string | undefined => {
  const tokens = tokenize(argv, ofEveryCommand)
  const word = tokens.findIndex(({ _tag }) => _tag === "Word")
  const isKnown = (token: Token) =>
    token._tag === "Option" && (ofEveryCommand.valued.has(token.name) || ofEveryCommand.switches.has(token.name))
  const first = tokens[word]
  return first?._tag === "Word" &&
    isGroup(first.text) &&
    tokens.slice(0, word).every(isKnown) &&
    !tokens.some((token) => token._tag === "Option" && token.name === "completions")
    ? first.text
    : undefined
}

/** Reads a command line without the program name. Its group must be loaded, or all of them if it names none. */
export const read = (argv: ReadonlyArray<string>): CommandLine => {
  const tokens = tokenize(argv, namesOf(groupOf(argv)))
  const words = tokens.flatMap((token) => (token._tag === "Word" ? [token.text] : []))
  const has = (...names: ReadonlyArray<string>) =>
    tokens.some((token) => token._tag === "Option" && names.includes(token.name))
  const [group, name] = words

  if (has("wizard")) return mistake("--wizard is not supported.")
  if (group === "help") return { _tag: "Help", path: words.slice(1, 3) }
  if (has("help", "h")) return { _tag: "Help", path: words.slice(0, 2) }
  if (has("version") || group === "version") return { _tag: "Version" }
  if (has("completions")) return { _tag: "Run", command: "", options: [], argv }
  if (argv.length === 0) return { _tag: "Help", path: [] }
  if (group === undefined) return mistake(`pixxel needs a command: ${enumeration(groups)}.`)
  if (!isGroup(group)) return mistake(noCommand(words.slice(0, 2)))
  const isAll = isAlone(group)
  if (name === undefined && !isAll)
    return mistake(`pixxel ${group} needs a command: ${enumeration(commandsOf(group))}.`)
  if (name === "help") return { _tag: "Help", path: [group, ...words.slice(2, 3)] }

  const command = isAll ? group : `${group} ${name}`
  const found = syntax(command)
  if (Option.isNone(found)) return mistake(noCommand(words.slice(0, 2)))
  let toSkip = isAll ? 1 : 2
  return place(
    command,
    found.value,
    tokens.filter((token) => token._tag === "Option" || toSkip-- <= 0)
  )
}
