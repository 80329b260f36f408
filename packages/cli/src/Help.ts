/**
 * What `--help` says below the options that @effect/cli lists by itself: an example of every command, the options of
 * all commands, the environment and the exit codes.
 */
import * as HelpDoc from "@effect/cli/HelpDoc"
import { meanings } from "./ExitCode.js"

/** One for each command. With `--mock` all of them run as they are. */
export const examples = [
  "pixxel workflows list --project project-monsoon-2024",
  "pixxel workflows get --workflow wf-crop-classification --project project-monsoon-2024 --json",
  "pixxel workflows estimate --workflow wf-crop-classification",
  "pixxel jobs create --workflow wf-crop-classification --project project-monsoon-2024",
  "pixxel jobs list --workflow wf-crop-classification --status running",
  "pixxel jobs get --workflow wf-crop-classification --job job-crop-done --json",
  "pixxel jobs show --workflow wf-crop-classification --job job-crop-done --gantt",
  "pixxel jobs wait --workflow wf-crop-classification --job job-crop-running --timeout 2h",
  "pixxel jobs watch --workflow wf-crop-classification --job job-crop-running --jsonl",
  "pixxel jobs run --workflow wf-crop-classification --project project-monsoon-2024 --max-cost 100 --out results",
  "pixxel jobs download --workflow wf-crop-classification --job job-crop-done --out results --unpack",
  "pixxel tasks download --workflow wf-crop-classification --job job-crop-done --task classify-crops --out results",
  "pixxel config show"
] as const

const globals = [
  ["--help, -h", "This help, of every level."],
  ["--version", "The version of pixxel."],
  ["--log-level LEVEL", "all, trace, debug, info, warning, error (default), fatal or none."],
  ["--completions SHELL", "The completion script for bash, fish or zsh."]
] as const

const environment = [
  ["PIXXEL_API_KEY", "The token. Needed by every command without --mock."],
  ["PIXXEL_AUTH_SCHEME", "bearer (default), or raw for a token that is sent alone."],
  ["PIXXEL_BASE_URL", "Default: https://api.pixxel.space"],
  ["NO_COLOR", "Any value: no colours, in a terminal too."],
  ["FORCE_COLOR", "Any value but 0: colours, in a pipe too."]
] as const

/** The command that a command line names: its group and its name, as far as they are there. */
export const pathOf = (argv: ReadonlyArray<string>): ReadonlyArray<string> =>
  argv.slice(0, 2).filter((word) => !word.startsWith("-"))

/** @effect/cli leaves the parents of a command out of its usage, which would then not run. */
export const withParents = (help: string, argv: ReadonlyArray<string>): string =>
  help.replace(/^\$ /m, ["$", "pixxel", ...pathOf(argv)].slice(0, -1).join(" ") + " ")

/** The examples for a command line: of the command it names, of the group, or all. */
const examplesFor = (argv: ReadonlyArray<string>) => {
  const path = pathOf(argv)
  const fitting = examples.filter((example) => path.every((word, at) => example.split(" ")[at + 1] === word))
  return fitting.length === 0 ? examples : fitting
}

const section = (title: string, lines: ReadonlyArray<string>) =>
  HelpDoc.blocks([HelpDoc.h1(title), HelpDoc.p(lines.map((line) => `  ${line}`).join("\n"))])

const columns = (rows: ReadonlyArray<readonly [string, string]>) => {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`)
}

export const footer = (argv: ReadonlyArray<string>): HelpDoc.HelpDoc =>
  HelpDoc.blocks([
    section("EXAMPLES (add --mock to try them)", examplesFor(argv)),
    section("GENERAL OPTIONS", columns(globals)),
    section("ENVIRONMENT", columns(environment)),
    section("EXIT CODES", columns(Object.entries(meanings)))
  ])
