/**
 * `pixxel-mock`: the mock server by itself, for clients in other processes and other languages. The only module that
 * knows of a process, its arguments and its signals.
 */
import { randomBytes } from "node:crypto"
import { parseArgs } from "node:util"
import manifest from "../package.json" with { type: "json" }
import { check } from "./check.js"
import { fastest, RealClock } from "./clock/RealClock.js"
import { FaultPlanError } from "./core/faults/Check.js"
import { tokenOf } from "./core/Token.js"
import { FixtureError } from "./fixtures/load.js"
import { buildServer } from "./server.js"

const { version } = manifest

const help = `pixxel-mock ${version}: a mock of the Pixxel API

Usage: pixxel-mock [options]
       pixxel-mock check [DIR]   says what is wrong with the fixtures of a folder, or what is there

  --port N         the API's port; 0 takes a free one   (default 4010)
  --host HOST      the address to bind to               (default 127.0.0.1)
  --storage-port N the port of the signed URLs          (default: a free one)
  --public-url U   where clients reach the API, when that is not where it listens, as between containers:
                   http://mock:4010. Signed URLs then lead to that host, and to the storage's port
  --storage-url U  where clients reach signed URLs, when neither is right
  --fixtures DIR   your own jobs/ and workflows/        (default: the shipped ones)
  --seed TEXT      ids and signatures come from it      (default pixxel)
  --speed X        how much faster time passes          (default 1)
  --admin          routes under /__mock/v1 for tests in any language; their token comes from
                   PIXXEL_MOCK_ADMIN_TOKEN, or is made up and printed on stderr
  --allow-host H   a host name, beside this machine's, that the admin routes answer to; may be repeated
  --faults NAME    what goes wrong: flaky, throttled, brownout, lossy-download, eventually-consistent, or
                   one of your own faults/         (default: nothing)
  --help, --version
`

class UsageError extends Error {
  override readonly name = "UsageError"
}

/** What Node says of arguments is for who typed them. */
const orUsage = <A>(parse: () => A): A => {
  try {
    return parse()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const read = () =>
  orUsage(() =>
    parseArgs({
      options: {
        port: { type: "string", default: "4010" },
        host: { type: "string", default: "127.0.0.1" },
        "storage-port": { type: "string", default: "0" },
        "public-url": { type: "string" },
        "storage-url": { type: "string" },
        fixtures: { type: "string" },
        seed: { type: "string" },
        speed: { type: "string", default: "1" },
        faults: { type: "string" },
        admin: { type: "boolean", default: false },
        "allow-host": { type: "string", multiple: true, default: [] },
        help: { type: "boolean" },
        version: { type: "boolean" }
      }
    })
  ).values

/** `check [DIR]`: nothing is served. */
const runCheck = (args: Array<string>): void => {
  const { positionals, values } = orUsage(() =>
    parseArgs({ args, allowPositionals: true, options: { help: { type: "boolean" } } })
  )
  if (positionals.length > 1) throw new UsageError(`check takes one folder: found ${positionals.join(" and ")}`)
  process.stdout.write(values.help ? help : `${check(positionals[0])}\n`)
}

const number = (flag: string, text: string, isRight: (value: number) => boolean, expected: string): number => {
  const value = text.trim() === "" ? Number.NaN : Number(text)
  if (!isRight(value)) throw new UsageError(`--${flag} is ${JSON.stringify(text)}: expected ${expected}`)
  return value
}

/** An origin as it is put in front of a path. */
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
  const port = number("port", flags.port, isPort, "a port from 0 to 65535")
  const storagePort = number("storage-port", flags["storage-port"], isPort, "a port from 0 to 65535")
  const publicUrl = origin("public-url", flags["public-url"])
  const storageUrl = origin("storage-url", flags["storage-url"])
  const scale = number(
    "speed",
    flags.speed,
    (value) => value > 0 && value <= fastest,
    `a number above 0, at most ${fastest}`
  )
  const adminToken = process.env["PIXXEL_MOCK_ADMIN_TOKEN"]?.trim() || randomBytes(24).toString("base64url")
  const app = buildServer({
    admin: flags.admin ? { token: adminToken, hosts: flags["allow-host"] } : undefined,
    fixtures: flags.fixtures,
    seed: flags.seed,
    publicUrl,
    storageUrl,
    storagePort,
    faults: flags.faults,
    clock: () => new RealClock({ scale }),
    onDefect: (error) => console.error(error)
  })
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1))
      app.close().then(
        () => process.exit(0),
        () => process.exit(1)
      )
    })
  }
  const url = await app.listen({ port, host: flags.host })
  const storage = await app.mock.storageUrl()
  process.stderr.write(
    `A token to start with: ${tokenOf("default", "owner")} (mock_<world>_<role>: each world is apart from the others;\n` +
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

/** What is wrong, in words for who typed the command, and the exit code. */
const explain = (error: unknown): readonly [message: string, code: number] => {
  if (error instanceof UsageError) return [`${error.message}\nSee pixxel-mock --help.`, 2]
  if (error instanceof FaultPlanError) return [`--faults: ${error.message}`, 2]
  if (error instanceof FixtureError) return [error.message, 1]
  if (error instanceof Error && "code" in error) {
    if (error.code === "EADDRINUSE") return ["The port is in use: give another --port, or 0 for any free one.", 1]
    return [error.message, 1]
  }
  return [error instanceof Error ? (error.stack ?? error.message) : String(error), 1]
}

const main = async (): Promise<void> => {
  const [command, ...args] = process.argv.slice(2)
  if (command === "check") return runCheck(args)
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
