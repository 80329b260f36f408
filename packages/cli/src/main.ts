/**
 * The command line as one effect: it takes the arguments, and ends with the exit code. Nothing in it touches the
 * process, so that a test can run it.
 */
import { stripVTControlCharacters } from "node:util"
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as HelpDoc from "@effect/cli/HelpDoc"
import { isCommandMismatch, type ValidationError } from "@effect/cli/ValidationError"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Terminal from "@effect/platform/Terminal"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import manifest from "../package.json" with { type: "json" }
import type { Ask } from "./Ask.js"
import { mended } from "./Completions.js"
import { CommandFailed } from "./commands/answer.js"
import { config } from "./commands/config.js"
import { jobs } from "./commands/jobs.js"
import { tasks } from "./commands/tasks.js"
import { workflows } from "./commands/workflows.js"
import type { Environment } from "./Environment.js"
import type { ExitCode } from "./ExitCode.js"
import * as Failure from "./Failure.js"
import * as Help from "./Help.js"
import { Output } from "./Output.js"

const groups = [workflows, jobs, tasks, config] as const

const pixxel = Command.make("pixxel", {}, () =>
  Effect.fail(new Failure.UsageError({ message: "pixxel needs a command: workflows, jobs, tasks or config." }))
).pipe(
  Command.withDescription("Run Pixxel workflows as jobs, follow them, and fetch their results."),
  Command.withSubcommands(groups)
)

/** No option of these commands reads a file, and none asks for its value. */
const terminal = Terminal.Terminal.of({
  columns: Effect.succeed(80),
  rows: Effect.succeed(24),
  isTTY: Effect.succeed(false),
  readInput: Effect.dieMessage("nothing is read"),
  readLine: Effect.dieMessage("nothing is read"),
  display: () => Effect.void
})

/** Its own options are told in `Help`, but for the wizard, which is none here. */
const cli = CliConfig.make({ isCaseSensitive: true, showBuiltIns: false })

/** What @effect/cli wants to be there: stand-ins, which cost nothing to load. */
const platform = Layer.mergeAll(
  FileSystem.layerNoop({}),
  Path.layer,
  Layer.succeed(Terminal.Terminal, terminal),
  Layer.succeed(CliConfig.CliConfig, cli)
)

/** @effect/cli sees its own options only before those of a command. Here they count wherever they stand. */
const builtInsFirst = (argv: ReadonlyArray<string>): ReadonlyArray<string> => {
  const at = argv.findIndex((word) => /^--log-level(=|$)/.test(word))
  if (at === -1) return argv
  const end = argv[at] === "--log-level" ? at + 2 : at + 1
  return [...argv.slice(at, end), ...argv.slice(0, at), ...argv.slice(end)]
}

const parse = (argv: ReadonlyArray<string>) =>
  argv.includes("--wizard")
    ? Effect.fail(new Failure.UsageError({ message: "There is no wizard." }))
    : Command.run(pixxel, { name: "pixxel", version: manifest.version })(["node", "pixxel", ...builtInsFirst(argv)])

const noCommand = (path: ReadonlyArray<string>) => `There is no command 'pixxel ${path.join(" ")}'.`

const usage = (error: ValidationError, argv: ReadonlyArray<string>) => {
  const path = argv.slice(0, 2)
  const message = !isCommandMismatch(error)
    ? stripVTControlCharacters(HelpDoc.toAnsiText(error.error)).trim()
    : path.some((word) => word.startsWith("-"))
      ? "Options come after the command."
      : noCommand(path)
  return new Failure.UsageError({ message })
}

/** Runs a command line, without the name of the program, and says with which code the process is to end. */
export const run = (argv: ReadonlyArray<string>): Effect.Effect<ExitCode, never, Ask | Environment | Output> =>
  Effect.gen(function* () {
    const output = yield* Output
    // Before the line is parsed, and when it cannot be, this is all that is known of the form that is wanted.
    const json = argv.includes("--json") || argv.includes("--jsonl")
    const verbose = argv.includes("--verbose")
    const fail = (report: Failure.Report, asJson: boolean) =>
      Effect.as(
        output.note(asJson ? Failure.toJson(report) : Failure.toText(report, output.notes.style(), verbose)),
        report.code
      )

    const wantsHelp = argv.includes("--help") || argv.includes("-h")
    const help = wantsHelp
      ? Help.page(
          { root: pixxel.descriptor, groups: groups.map(({ descriptor }) => descriptor) },
          Help.pathOf(argv),
          cli
        )
      : Option.none()
    const printCompletions = (script: unknown) => Effect.orDie(output.result(mended(String(script))))

    return yield* Effect.gen(function* () {
      if (Option.isSome(help)) return yield* Effect.orDie(output.result(help.value(output.results.style())))
      if (wantsHelp) return yield* new Failure.UsageError({ message: noCommand(Help.pathOf(argv)) })
      // @effect/cli prints completions with log, and with error the mistakes that the report below tells
      const console = { ...(yield* Effect.console), log: printCompletions, error: () => Effect.void }
      yield* Effect.withConsole(parse(argv), console)
    }).pipe(
      // what the log tells, such as odd fields of the API, is for who asks for it with --log-level
      Logger.withMinimumLogLevel(json ? LogLevel.None : LogLevel.Error),
      Effect.as<ExitCode>(0),
      Effect.catchAll((error) =>
        error instanceof CommandFailed
          ? fail(Failure.reportCause(error.cause, error.common.mock), error.common.form !== "text")
          : fail(Failure.report(error instanceof Failure.UsageError ? error : usage(error, argv), false), json)
      ),
      Effect.catchAllDefect((defect) => fail(Failure.reportCause(Cause.die(defect), false), json)),
      Effect.provide(platform)
    )
  })
