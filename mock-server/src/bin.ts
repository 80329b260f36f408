/**
 * `pixxel-mock`: the stand-alone mock server, for clients in other processes and other languages. Only this module uses
 * the process, its arguments and its signals.
 */
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { Command, InvalidArgumentError } from "@commander-js/extra-typings"
import manifest from "../package.json" with { type: "json" }
import { check } from "./check.js"
import { fastest } from "./clock/index.js"
import { journalText } from "./core/Capsule.js"
import { type Conduct, conductRules } from "./core/Conduct.js"
import { isDuration } from "./core/Duration.js"
import { FaultPlanError } from "./core/faults/Check.js"
import type { FaultPlan } from "./core/faults/Plan.js"
import { didYouMean, knownWords, printWords } from "./core/Problem.js"
import { type Scenario, ScenarioError } from "./core/Scenario.js"
import { tokenOf } from "./core/Token.js"
import type { World } from "./core/World.js"
import { FixtureError } from "./fixtures/load.js"
import { parseJson } from "./fixtures/locate.js"
import { buildServer } from "./server.js"

const { version } = manifest

// --- the values of the options ---

const refuse = (expected: string): never => {
  throw new InvalidArgumentError(`Expected ${expected}.`)
}

const number = (isRight: (value: number) => boolean, expected: string) => (text: string) => {
  const value = text.trim() === "" ? Number.NaN : Number(text)
  return isRight(value) ? value : refuse(expected)
}

const port = number((value) => Number.isInteger(value) && value >= 0 && value <= 65_535, "a port from 0 to 65535")
const count = number((value) => Number.isSafeInteger(value) && value >= 1, "a whole number from 1")
const speed = number((value) => value > 0 && value <= fastest, `a number above 0, at most ${fastest}`)

const origin = (text: string): string => {
  const url = /^https?:\/\/[^/]+\/?$/i.test(text) && URL.canParse(text) ? new URL(text) : undefined
  return url?.href === `${url?.origin}/` ? url.origin : refuse("an origin such as http://mock:4010")
}

const allowedOrigin = (text: string, others: ReadonlyArray<string> = []): ReadonlyArray<string> => [
  ...others,
  text === "*" ? text : origin(text)
]

const each = (text: string, others: ReadonlyArray<string> = []): ReadonlyArray<string> => [...others, text]

/** Reads a name, or the JSON value in its place, unchecked. */
const named =
  <A>() =>
  (text: string): A | string => {
    if (!text.trimStart().startsWith("{")) return text
    try {
      return parseJson(text) as A // unchecked
    } catch (error) {
      throw new InvalidArgumentError(`It is not JSON: ${error instanceof Error ? error.message : error}.`)
    }
  }

const rules = Object.keys(conductRules)

type Rules = ReadonlyMap<string, string | true>

const conductRule = (word: string, others: Rules = new Map()): Rules => {
  const [, rule = "", value] = /^([^=]*)(?:=(.*))?$/.exec(word) ?? []
  const isRight = rule === "all" ? value === undefined : rules.includes(rule)
  const isFloor = value === undefined || (rule === "pollFloor" && isDuration(value))
  const words = ["all", ...rules]
  if (!isRight || !isFloor) {
    refuse(`one of ${printWords(words, rule)}, or pollFloor=<a duration such as 5s>${didYouMean(rule, words)}`)
  }
  return new Map(others).set(rule, value ?? true)
}

const conductOf = (chosen: Rules): Conduct =>
  Object.fromEntries(rules.map((rule) => [rule, chosen.get(rule) ?? chosen.has("all")]))

// --- the commands ---

/** Runs `replay FILE`: prints the journal on stdout, and on stderr whether it equals that of the capsule. */
const runReplay = async (file: string): Promise<void> => {
  const { readCapsule, replay } = await import("./replay/replay.js")
  const capsule = readCapsule(readFileSync(file, "utf8"))
  const found = journalText(await replay(capsule))
  process.stdout.write(found)
  const expected = journalText(capsule.journal)
  if (expected === found) {
    process.stderr.write(`the same journal as the capsule's: ${capsule.journal.length} requests\n`)
    return
  }
  const lines = found.split("\n")
  const first = expected.split("\n").findIndex((line, index) => line !== lines[index])
  const wanted = expected.split("\n")[first] ?? ""
  process.stderr.write(`the journal differs from the capsule's from request #${first + 1} on; expected:\n${wanted}\n`)
  process.exitCode = 1
}

const reportConduct = (worlds: ReadonlyArray<World>, rules: Conduct): boolean => {
  const lines = worlds.flatMap((world) =>
    world.judge(rules).map(({ message, rule }) => `world ${world.name}: ${rule}: ${message}\n`)
  )
  process.stderr.write(lines.length === 0 ? "conduct: no rule was broken\n" : lines.join(""))
  return lines.length > 0
}

const presets = "zero-values, legacy-shapes, flaky, throttled, brownout, lossy-download, eventually-consistent"

const program = new Command("pixxel-mock")
  .description("A mock of the Pixxel API.")
  .usage("[options] [command]")
  .argument("[command]")
  .option("--port <n>", "port of the API; 0 for any free one", port, 4010)
  .option("--host <host>", "address to bind to", "127.0.0.1")
  .option("--storage-port <n>", "port of the signed URLs; 0 for any free one", port, 0)
  .option(
    "--public-url <url>",
    "origin at which clients reach the API if it differs from the address, as between containers: http://mock:4010. " +
      "Signed URLs then lead to that host and the storage's port",
    origin
  )
  .option("--storage-url <url>", "origin at which clients reach signed URLs if both defaults are wrong", origin)
  .option("--fixtures <dir>", "folder with your jobs/ and workflows/ (default: the shipped fixtures)")
  .option("--seed <text>", "seed of ids and signatures (default: pixxel)")
  .option("--speed <x>", "speed of time relative to real time", speed, 1)
  .option("--max-jobs <n>", "largest number of jobs per world", count, 10_000)
  .option("--max-worlds <n>", "largest number of worlds", count, 1_000)
  .option(
    "--admin",
    "serves routes under /__mock/v1 for tests in any language; reads their token from PIXXEL_MOCK_ADMIN_TOKEN, or " +
      "generates one and prints it on stderr"
  )
  .option(
    "--allow-origin <origin>",
    "origin, beside those of this machine, whose pages may use the API: https://app.test, or * for all; repeatable",
    allowedOrigin
  )
  .option("--allow-host <host>", "host name, beside this machine's, that the admin routes accept; repeatable", each, [])
  .option(
    "--scenario <scenario>",
    `initial state of every world: ${presets}, one of your own scenarios/, or a scenario as JSON`,
    named<Scenario>()
  )
  .option(
    "--faults <plan>",
    "faults of every world: flaky, throttled, brownout, lossy-download, eventually-consistent, one of your own faults/, " +
      "or a plan as JSON: '{\"rules\":[…]}' (default: none)",
    named<FaultPlan>()
  )
  .option(
    "--conduct <rule>",
    "judges the requests of each world's clients when the server ends; exit code 1 if a rule was broken: all, or some " +
      `of ${rules.join(", ")}; repeatable; pollFloor=5s sets another floor`,
    conductRule
  )
  .version(version, "--version")
  .enablePositionalOptions()
  .showHelpAfterError("See pixxel-mock --help.")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "pixxel-mock: ")) })

program.action(async (command, flags) => {
  if (command !== undefined) {
    program.error(`error: there is no command ${command}; ${knownWords("commands", ["check", "replay"], command)}`)
  }
  const { admin, allowHost, allowOrigin, conduct, host, port, ...options } = flags
  const adminToken = process.env["PIXXEL_MOCK_ADMIN_TOKEN"]?.trim() || randomBytes(24).toString("base64url")
  const app = buildServer({
    ...options,
    admin: admin && { token: adminToken, hosts: allowHost ?? [] },
    allowedOrigins: allowOrigin,
    onDefect: (error) => console.error(error)
  })
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1))
      const isBroken = conduct !== undefined && reportConduct(app.mock.worlds.all, conductOf(conduct))
      app.close().then(
        () => process.exit(isBroken ? 1 : 0),
        () => process.exit(1)
      )
    })
  }
  const url = await app.listen({ port, host })
  const storage = await app.mock.storageUrl()
  process.stderr.write(
    `A token to start with: ${tokenOf("default", "owner")} (mock_<world>_<role>: worlds are isolated from each other;\n` +
      "  roles: owner, viewer, expired, revoked)\n" +
      `Signed URLs lead to ${storage}\n` +
      `Try: curl -H 'Authorization: Bearer ${tokenOf("default", "owner")}' ${flags.publicUrl ?? url}/v0/workflows\n`
  )
  if (admin) {
    const made = process.env["PIXXEL_MOCK_ADMIN_TOKEN"]?.trim() ? "is in PIXXEL_MOCK_ADMIN_TOKEN" : `is ${adminToken}`
    process.stderr.write(`Admin: ${url}/__mock/v1/openapi.json; the token ${made}\n`)
  }
  process.stdout.write(`listening on ${url}\n`)
})

program
  .command("check [dir]")
  .description("checks the fixtures of a folder: prints the problems, or counts the contents")
  .action((folder) => void process.stdout.write(`${check(folder)}\n`))

program
  .command("replay <file>")
  .description(
    "replays the capsule of a failed test and prints the new journal; exit code 1 when it differs from the capsule's"
  )
  .action(runReplay)

const explain = (error: unknown): readonly [message: string, code: number] => {
  if (error instanceof FaultPlanError) return [`--faults: ${error.message}`, 2]
  if (error instanceof ScenarioError) return [`--scenario: ${error.message}`, 2]
  if (error instanceof FixtureError) return [error.message, 1]
  if (error instanceof Error && error.name === "CapsuleError") return [error.message, 1]
  if (error instanceof Error && "code" in error) {
    if (error.code === "EADDRINUSE") return ["The port is in use: pass another --port, or 0 for any free one.", 1]
    return [error.message, 1]
  }
  return [error instanceof Error ? (error.stack ?? error.message) : String(error), 1]
}

program.parseAsync().catch((error: unknown) => {
  const [message, code] = explain(error)
  process.stderr.write(`pixxel-mock: ${message}\n`)
  process.exit(code)
})
