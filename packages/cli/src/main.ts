/**
 * The command line as one effect, from its arguments to the exit code. Does not touch the process, so that tests can
 * run it.
 */
import { stripVTControlCharacters } from "node:util"
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as HelpDoc from "@effect/cli/HelpDoc"
import { isValidationError, type ValidationError } from "@effect/cli/ValidationError"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Terminal from "@effect/platform/Terminal"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import manifest from "../package.json" with { type: "json" }
import type { Ask } from "./Ask.js"
import * as CommandLine from "./CommandLine.js"
import { corrected } from "./Completions.js"
import { CommandFailed } from "./commands/answer.js"
import { syntax } from "./commands/command.js"
import { type Group, load } from "./commands/index.js"
import type { Environment } from "./Environment.js"
import type { ExitCode } from "./ExitCode.js"
import { type Failure, UsageError } from "./failure/errors.js"
import { type Report, report, reportCause } from "./failure/report.js"
import { inForm } from "./failure/text.js"
import * as Help from "./Help.js"
import * as Invocation from "./Invocation.js"
import { Output } from "./Output.js"

/** These run before @effect/cli, which needs them only for the completions. */
const read = [
  Command.make("help", {}).pipe(Command.withDescription("Show the help of pixxel, a group or a command.")),
  Command.make("version", {}).pipe(Command.withDescription("Show the version of pixxel."))
] as const

const pixxel = (groups: ReadonlyArray<Group>) =>
  Command.make("pixxel", {}).pipe(
    Command.withDescription("Run Pixxel workflows as jobs, follow them, and fetch their results."),
    Command.withSubcommands(Arr.appendAll<Group | Read, Read>(groups, read))
  )

type Read = (typeof read)[number]

/** `Help` documents the built-in options, except for the unsupported wizard. */
const cli = CliConfig.make({ isCaseSensitive: true, showBuiltIns: false })

/** @effect/cli requires a file system and a terminal, but no option of these commands reads a file or prompts. */
const platform = Layer.mergeAll(
  FileSystem.layerNoop({}),
  Path.layer,
  Layer.mock(Terminal.Terminal, {}),
  Layer.succeed(CliConfig.CliConfig, cli)
)

const parse = (groups: ReadonlyArray<Group>, argv: ReadonlyArray<string>) =>
  Command.run(pixxel(groups), { name: "pixxel", version: manifest.version })(["node", "pixxel", ...argv])

/** The message of @effect/cli, or a custom one for a missing id. */
const messageOf = (error: ValidationError, command: string): string => {
  const message = stripVTControlCharacters(HelpDoc.toAnsiText(error.error)).trim()
  const [, missing = ""] = /^Expected to find option: '--(\w+)'/.exec(message) ?? []
  const ids = Option.getOrUndefined(syntax(command))?.ids ?? []
  return ids.includes(missing)
    ? `pixxel ${command} needs ${missing.toUpperCase()}: pixxel ${command} ${CommandLine.placeholders(ids)}, or --${missing}.`
    : message
}

/** Runs a command line without the program name, and returns the exit code of the process. */
export const run = (argv: ReadonlyArray<string>): Effect.Effect<ExitCode, never, Ask | Environment | Output> =>
  Effect.gen(function* () {
    const output = yield* Output
    // before the line is parsed, or if parsing fails, only these flags determine the form
    const json = argv.includes("--json") || argv.includes("--jsonl")
    const verbose = argv.includes("--verbose")
    const fail = (report: () => Report, asJson: boolean) =>
      // a report suggests commands of other groups too
      Effect.flatMap(
        Effect.promise(() => load()),
        () => {
          const it = report()
          const text = inForm(it, asJson ? "json" : "text", output.notes.style(), verbose)
          return Effect.as(output.note(text), it.code)
        }
      )
    const failAlone = (failure: Failure) => fail(() => report(failure, Invocation.noCommand), json)
    const print = (text: string) => Effect.catchTag(output.result(text), "OutputClosed", () => Effect.void)

    const group = CommandLine.groupOf(argv)
    const groups = yield* Effect.promise(() => load(group === undefined ? undefined : [group]))
    const line = CommandLine.read(argv)
    const command = line._tag === "Run" ? line.command : ""
    const perform = Effect.gen(function* () {
      switch (line._tag) {
        case "Mistake":
          return yield* new UsageError({ message: line.message, next: line.next })
        case "Version":
          return yield* print(manifest.version)
        case "Help": {
          const descriptors = groups.map(({ descriptor }) => descriptor)
          const page = Help.page(pixxel(groups).descriptor, descriptors, line.path, cli)
          if (Option.isNone(page)) return yield* new UsageError({ message: CommandLine.noCommand(line.path) })
          return yield* print(page.value(output.results.style()))
        }
        case "Run": {
          // @effect/cli prints completions with log, and mistakes with error, which the report below covers
          const log = (script: unknown) => Effect.orDie(print(corrected(String(script))))
          const console = { ...(yield* Effect.console), log, error: () => Effect.void }
          const invocation = yield* Invocation.make(line.command, line.options)
          return yield* Effect.withConsole(parse(groups, line.argv), console).pipe(
            Effect.provideService(Invocation.Invocation, invocation)
          )
        }
      }
    }).pipe(
      // --log-level shows the log, for example of unexpected fields of the API
      Logger.withMinimumLogLevel(json ? LogLevel.None : LogLevel.Error),
      Effect.as<ExitCode>(0),
      Effect.catchAll((error) =>
        error instanceof CommandFailed
          ? fail(() => reportCause(error.cause, error.origin), error.common.form !== "text")
          : failAlone(isValidationError(error) ? new UsageError({ message: messageOf(error, command) }) : error)
      ),
      Effect.catchAllDefect((defect) => fail(() => reportCause(Cause.die(defect), Invocation.noCommand), json)),
      Effect.provide(platform)
    )
    return yield* Effect.raceFirst(perform, Effect.as(output.closed, 141 as const))
  })
