/**
 * `pixxel-mock`: the stand-alone mock server, for clients in other processes and other languages. Only this module uses
 * the process, its arguments and its signals.
 */
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { type ParseArgsConfig, parseArgs } from "node:util"
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

const help = `pixxel-mock ${version}: a mock of the Pixxel API

Usage: pixxel-mock [options]
       pixxel-mock check [DIR]   checks the fixtures of a folder: prints the problems, or counts the contents
       pixxel-mock replay FILE   replays the capsule of a failed test and prints the new journal; exit code 1 when
                                 it differs from the capsule's

  --port N         port of the API; 0 for any free one      (default 4010)
  --host HOST      address to bind to                       (default 127.0.0.1)
  --storage-port N port of the signed URLs                  (default: any free one)
  --public-url U   origin at which clients reach the API if it differs from the address, as between containers:
                   http://mock:4010. Signed URLs then lead to that host and the storage's port
  --storage-url U  origin at which clients reach signed URLs if both defaults are wrong
  --fixtures DIR   folder with your jobs/ and workflows/    (default: the shipped fixtures)
  --seed TEXT      seed of ids and signatures               (default pixxel)
  --speed X        speed of time relative to real time      (default 1)
  --max-jobs N     largest number of jobs per world         (default 10000)
  --max-worlds N   largest number of worlds                 (default 1000)
  --admin          serves routes under /__mock/v1 for tests in any language; reads their token from
                   PIXXEL_MOCK_ADMIN_TOKEN, or generates one and prints it on stderr
  --allow-origin O origin, beside those of this machine, whose pages may use the API: https://app.test, or * for
                   all; repeatable
  --allow-host H   host name, beside this machine's, that the admin routes accept; repeatable
  --scenario S     initial state of every world: zero-values, legacy-shapes, flaky, throttled, brownout,
                   lossy-download, eventually-consistent, one of your own scenarios/, or a scenario as JSON
  --faults PLAN    faults of every world: flaky, throttled, brownout, lossy-download, eventually-consistent, one of
                   your own faults/, or a plan as JSON: '{"rules":[…]}'   (default: none)
  --conduct RULE   judges the requests of each world's clients when the server ends; exit code 1 if a rule was
                   broken: all, or some of ${Object.keys(conductRules).slice(0, 3).join(", ")},
                   ${Object.keys(conductRules).slice(3).join(", ")}; repeatable;
                   pollFloor=5s sets another floor
  --help, --version
`

class UsageError extends Error {
  override readonly name = "UsageError"
}

const options = {
  port: { type: "string", default: "4010" },
  host: { type: "string", default: "127.0.0.1" },
  "storage-port": { type: "string", default: "0" },
  "public-url": { type: "string" },
  "storage-url": { type: "string" },
  fixtures: { type: "string" },
  seed: { type: "string" },
  speed: { type: "string", default: "1" },
  "max-jobs": { type: "string", default: "10000" },
  "max-worlds": { type: "string", default: "1000" },
  scenario: { type: "string" },
  faults: { type: "string" },
  conduct: { type: "string", multiple: true, default: [] },
  admin: { type: "boolean", default: false },
  "allow-origin": { type: "string", multiple: true, default: [] },
  "allow-host": { type: "string", multiple: true, default: [] },
  help: { type: "boolean" },
  version: { type: "boolean" }
} satisfies ParseArgsConfig["options"]

/** Converts an error of Node's `parseArgs` for the user; lists the known options or commands for an unknown one. */
const usageOf = (error: unknown, args: ReadonlyArray<string>, known: object): UsageError => {
  if (!(error instanceof Error)) return new UsageError(String(error))
  const option = /^Unknown option '--([^'=]+)/.exec(error.message)?.[1]
  if (option !== undefined) {
    return new UsageError(`there is no option --${option}; ${knownWords("options", Object.keys(known), option)}`)
  }
  const command = /^Unexpected argument '([^']*)'/.exec(error.message)?.[1]
  if (command !== undefined && command === args[0]) {
    return new UsageError(`there is no command ${command}; ${knownWords("commands", ["check", "replay"], command)}`)
  }
  return new UsageError(error.message)
}

const orUsage = <A>(parse: () => A, known: object): A => {
  try {
    return parse()
  } catch (error) {
    throw usageOf(error, process.argv.slice(2), known)
  }
}

const read = () => orUsage(() => parseArgs({ options }), options).values

const readCommand = (args: Array<string>) => {
  const options = { help: { type: "boolean" } } as const
  return orUsage(() => parseArgs({ args, allowPositionals: true, options }), options)
}

const runCheck = (args: Array<string>): void => {
  const { positionals, values } = readCommand(args)
  if (positionals.length > 1) throw new UsageError(`check takes one folder: found ${positionals.join(" and ")}`)
  process.stdout.write(values.help ? help : `${check(positionals[0])}\n`)
}

/** Runs `replay FILE`: prints the journal on stdout, and on stderr whether it equals that of the capsule. */
const runReplay = async (args: Array<string>): Promise<void> => {
  const { positionals, values } = readCommand(args)
  if (values.help) return void process.stdout.write(help)
  const [file] = positionals
  if (file === undefined || positionals.length > 1) throw new UsageError("replay takes one file: a capsule")
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

const number = (flag: string, text: string, isRight: (value: number) => boolean, expected: string): number => {
  const value = text.trim() === "" ? Number.NaN : Number(text)
  if (!isRight(value)) throw new UsageError(`--${flag} is ${JSON.stringify(text)}: expected ${expected}`)
  return value
}

/** Returns a name, or the JSON value in its place, unchecked. */
const named = <A>(flag: string, text: string | undefined): A | string | undefined => {
  if (text?.trimStart().startsWith("{") !== true) return text
  try {
    return parseJson(text) as A // unchecked
  } catch (error) {
    throw new UsageError(`--${flag} is not JSON: ${error instanceof Error ? error.message : error}`)
  }
}

const conductOf = (words: ReadonlyArray<string>): Conduct | undefined => {
  if (words.length === 0) return undefined
  const rules = Object.keys(conductRules)
  const chosen = new Map<string, string | true>()
  for (const word of words) {
    const [, rule = "", value] = /^([^=]*)(?:=(.*))?$/.exec(word) ?? []
    const isRight = rule === "all" ? value === undefined : rules.includes(rule)
    const isFloor = value === undefined || (rule === "pollFloor" && isDuration(value))
    if (!isRight || !isFloor) {
      const words = ["all", ...rules]
      const expected = `${printWords(words, rule)}, or pollFloor=<a duration such as 5s>`
      throw new UsageError(
        `--conduct is ${JSON.stringify(word)}: expected one of ${expected}${didYouMean(rule, words)}`
      )
    }
    chosen.set(rule, value ?? true)
  }
  return Object.fromEntries(rules.map((rule) => [rule, chosen.get(rule) ?? chosen.has("all")]))
}

const reportConduct = (worlds: ReadonlyArray<World>, rules: Conduct): boolean => {
  const lines = worlds.flatMap((world) =>
    world.judge(rules).map(({ message, rule }) => `world ${world.name}: ${rule}: ${message}\n`)
  )
  process.stderr.write(lines.length === 0 ? "conduct: no rule was broken\n" : lines.join(""))
  return lines.length > 0
}

const origin = (flag: string, text: string | undefined): string | undefined => {
  if (text === undefined) return undefined
  const url = /^https?:\/\/[^/]+\/?$/i.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.href !== `${url.origin}/`) {
    throw new UsageError(`--${flag} is ${JSON.stringify(text)}: expected an origin such as http://mock:4010`)
  }
  return url.origin
}

const serve = async (flags: ReturnType<typeof read>): Promise<void> => {
  const isPort = (value: number) => Number.isInteger(value) && value >= 0 && value <= 65_535
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1
  const portOf = (flag: "port" | "storage-port") => number(flag, flags[flag], isPort, "a port from 0 to 65535")
  const countOf = (flag: "max-jobs" | "max-worlds") => number(flag, flags[flag], isCount, "a whole number from 1")
  const port = portOf("port")
  const storagePort = portOf("storage-port")
  const publicUrl = origin("public-url", flags["public-url"])
  const storageUrl = origin("storage-url", flags["storage-url"])
  const isSpeed = (value: number) => value > 0 && value <= fastest
  const speed = number("speed", flags.speed, isSpeed, `a number above 0, at most ${fastest}`)
  const allowedOrigins = flags["allow-origin"].map((text) =>
    text === "*" ? text : (origin("allow-origin", text) ?? "")
  )
  const maxJobs = countOf("max-jobs")
  const maxWorlds = countOf("max-worlds")
  const conduct = conductOf(flags.conduct)
  const adminToken = process.env["PIXXEL_MOCK_ADMIN_TOKEN"]?.trim() || randomBytes(24).toString("base64url")
  const app = buildServer({
    admin: flags.admin ? { token: adminToken, hosts: flags["allow-host"] } : undefined,
    fixtures: flags.fixtures,
    seed: flags.seed,
    publicUrl,
    storageUrl,
    storagePort,
    allowedOrigins,
    maxJobs,
    maxWorlds,
    scenario: named<Scenario>("scenario", flags.scenario),
    faults: named<FaultPlan>("faults", flags.faults),
    speed,
    onDefect: (error) => console.error(error)
  })
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1))
      const isBroken = conduct !== undefined && reportConduct(app.mock.worlds.all, conduct)
      app.close().then(
        () => process.exit(isBroken ? 1 : 0),
        () => process.exit(1)
      )
    })
  }
  const url = await app.listen({ port, host: flags.host })
  const storage = await app.mock.storageUrl()
  process.stderr.write(
    `A token to start with: ${tokenOf("default", "owner")} (mock_<world>_<role>: worlds are isolated from each other;\n` +
      "  roles: owner, viewer, expired, revoked)\n" +
      `Signed URLs lead to ${storage}\n` +
      `Try: curl -H 'Authorization: Bearer ${tokenOf("default", "owner")}' ${publicUrl ?? url}/v0/workflows\n`
  )
  if (flags.admin) {
    const made = process.env["PIXXEL_MOCK_ADMIN_TOKEN"]?.trim() ? "is in PIXXEL_MOCK_ADMIN_TOKEN" : `is ${adminToken}`
    process.stderr.write(`Admin: ${url}/__mock/v1/openapi.json; the token ${made}\n`)
  }
  process.stdout.write(`listening on ${url}\n`)
}

const explain = (error: unknown): readonly [message: string, code: number] => {
  if (error instanceof UsageError) return [`${error.message}\nSee pixxel-mock --help.`, 2]
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

const main = async (): Promise<void> => {
  const [command, ...args] = process.argv.slice(2)
  if (command === "check") return runCheck(args)
  if (command === "replay") return runReplay(args)
  const flags = read()
  if (flags.help) process.stdout.write(help)
  else if (flags.version) process.stdout.write(`${version}\n`)
  else await serve(flags)
}

main().catch((error: unknown) => {
  const [message, code] = explain(error)
  process.stderr.write(`pixxel-mock: ${message}\n`)
  process.exit(code)
})
