/**
 * The shared options of commands, and the parsers of their values. Invalid values are rejected here, before the first
 * request.
 */
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Options from "@effect/cli/Options"
import * as ValidationError from "@effect/cli/ValidationError"
import { CalendarDate } from "@effect-pixxel/client/CalendarDate"
import { AoiId, JobId, ProjectId, WorkflowId } from "@effect-pixxel/client/Ids"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Form } from "./answer.js"
import { positional } from "./command.js"

/** Makes the options of a kind of value. `read` parses a value, or returns the expected form. */
const value =
  <A>(pseudo: string, read: (text: string) => Either.Either<A, string>) =>
  (name: string, description: string): Options.Options<A> =>
    Options.text(name).pipe(
      Options.withPseudoName(pseudo),
      Options.withDescription(description),
      Options.mapEffect((text) => {
        // the parser treats the next option as the value of an option without one
        const result = text.startsWith("--") ? Either.left("a value") : read(text)
        return Effect.mapError(result, (expected) =>
          ValidationError.invalidValue(HelpDoc.p(`--${name} needs ${expected}, not '${text}'`))
        )
      })
    )

const nonEmpty = (text: string) => (text.trim() === "" ? Either.left("a non-empty text") : Either.right(text))

export const text = (name: string, pseudo: string, description: string): Options.Options<string> =>
  value(pseudo, nonEmpty)(name, description)

/** A switch. */
export const flag = (name: string, description: string): Options.Options<boolean> =>
  Options.withDescription(Options.boolean(name), description)

/** The name of one of several switches that exclude each other, or none. */
export const oneOf = <Name extends string>(
  ...switches: ReadonlyArray<readonly [name: Name, description: string]>
): Options.Options<Name | undefined> =>
  Options.mapEffect(Options.all(switches.map(([name, description]) => flag(name, description))), (given) => {
    const [chosen, ...others] = switches.flatMap(([name], at) => (given[at] ? [name] : []))
    return others.length === 0
      ? Effect.succeed(chosen)
      : Effect.fail(ValidationError.invalidValue(HelpDoc.p(`--${chosen} and --${others[0]} exclude each other`)))
  })

/** At least one text, with commas between several. */
export const texts = value("IDS", (given) => {
  const some = given.split(",").filter((it) => it.trim() !== "")
  return some.length === 0 ? Either.left("ids with commas between them") : Either.right(some)
})

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export const duration = value("DURATION", (text) => {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)]
  const millis = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? Number.NaN), 0)
  return parts.map(([part]) => part).join("") === text && millis > 0 && Number.isFinite(millis)
    ? Either.right(Duration.millis(millis))
    : Either.left("a time such as 30s, 10m or 1h30m")
})

export const date = value("DATE", (text) =>
  Either.fromOption(/^\d{4}-\d\d-\d\d/.test(text) ? DateTime.make(text) : Option.none(), () => "a date in ISO 8601")
)

const isDay = Schema.is(CalendarDate)

/** A day of the calendar. */
export const day = value("DAY", (text) => (isDay(text) ? Either.right(text) : Either.left("a day such as 2025-06-14")))

export const id = <A>(name: string, brand: (text: string) => A, description: string): Options.Options<A> =>
  Options.map(text(name, "ID", description), brand)

/** At least one id, with commas between several. */
export const ids = <A>(name: string, brand: (text: string) => A, description: string) =>
  Options.map(texts(name, description), (some): ReadonlyArray<A> => some.map((it) => brand(it)))

export const workflow = positional(id("workflow", WorkflowId.make, "The workflow."))

export const aoi = positional(id("aoi", AoiId.make, "The AOI."))

export const job = positional(id("job", JobId.make, "The job."))

export const project = positional(id("project", ProjectId.make, "The project of the workflow."))

export const task = positional(text("task", "TASK", "The name of the task, or its id."))

/** Makes an option optional, like the inputs of the client. */
export const maybe = <A>(option: Options.Options<A>): Options.Options<A | undefined> =>
  Options.map(Options.optional(option), Option.getOrUndefined)

const amountOf = (expected: string) => (text: string) =>
  /^\d+(\.\d+)?$/.test(text) ? Either.right(Number(text)) : Either.left(expected)

/** A number of at least 0. */
export const amount = (name: string, pseudo: string, description: string): Options.Options<number> =>
  value(pseudo, amountOf("a number such as 100"))(name, description)

/** A whole number in a range. */
export const whole = (pseudo: string, least: number, most: number) =>
  value(pseudo, (text) =>
    /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most
      ? Either.right(Number(text))
      : Either.left(`a whole number from ${least} to ${most}`)
  )

/** A share in percent. */
export const percent = whole("PERCENT", 0, 100)

/** Two numbers with a comma between them. */
export const range = value<readonly [number, number]>("FROM,TO", (text) => {
  const [, first, second] = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(text) ?? []
  return second === undefined ? Either.left("two numbers such as -1,1") : Either.right([Number(first), Number(second)])
})

/** A box in degrees. */
export const box = value<readonly [number, number, number, number]>("W,S,E,N", (text) => {
  const [west = Number.NaN, south = Number.NaN, east = Number.NaN, north = Number.NaN, ...more] = text
    .split(",")
    .map((it) => (it.trim() === "" ? Number.NaN : Number(it)))
  return more.length === 0 && [west, south, east, north].every(Number.isFinite)
    ? Either.right([west, south, east, north])
    : Either.left("west, south, east and north in degrees, such as 77,12,78,13")
})

/** A number of things, from 1. */
export const count = value("COUNT", (text) =>
  /^[1-9]\d{0,8}$/.test(text) ? Either.right(Number(text)) : Either.left("a whole number from 1")
)

export const block = value("NAME@VERSION", (text) => {
  const [name, version, ...rest] = text.split("@")
  return name && version && rest.length === 0
    ? Either.right({ name, version })
    : Either.left("a name and a version such as cropclassification@1.0.0")
})("block", "The block, and its version.")

/** Inputs by their names, in any number. */
export const inputs: Options.Options<ReadonlyArray<readonly [name: string, value: string]>> = Options.text(
  "input"
).pipe(
  Options.withPseudoName("NAME=VALUE"),
  Options.withDescription(
    "An input of the block: NAME=asset:ID, NAME=insight:ID or NAME=insight:ID/OUTPUT, NAME=file:FIELD.geojson, or NAME=VALUE for a day, a number, a text or a URL. Once for each input."
  ),
  Options.repeated,
  Options.mapEffect((given) =>
    Effect.forEach(given, (text) => {
      const [, name = "", value = ""] = /^([^=]+)=(.+)$/s.exec(text) ?? []
      return name.trim() === "" || name.startsWith("--")
        ? Effect.fail(ValidationError.invalidValue(HelpDoc.p(`--input needs NAME=VALUE, not '${text}'`)))
        : Effect.succeed([name.trim(), value] as const)
    })
  )
)

/** The path of an output file or folder. Does not check the disk yet. */
export const file = value("FILE", nonEmpty)

const scheme = value("SCHEME", (text) =>
  /^(bearer|raw)$/i.test(text) ? Either.right(text.toLowerCase()) : Either.left("bearer or raw")
)

const form = oneOf(
  ["json", "One JSON document on stdout, or one JSON object on stderr for an error."],
  ["jsonl", "NDJSON on stdout: one list item or progress event per line."]
).pipe(Options.map((chosen): Form => chosen ?? "text"))

/** The options of every command. */
export const common = {
  form,
  quiet: flag("quiet", "Show no progress on stderr. Errors are still shown."),
  verbose: flag("verbose", "Log each request to stderr, with its attempts and the server's request id."),
  mock: flag("mock", "Run against an embedded mock server with ready-made jobs. Needs no token and no network."),
  baseUrl: maybe(text("base-url", "URL", "The URL of the API. Overrides PIXXEL_BASE_URL.")),
  authScheme: maybe(scheme("auth-scheme", "bearer or raw. Overrides PIXXEL_AUTH_SCHEME."))
}

/** The options of the commands that wait. */
export const waiting = {
  timeout: maybe(duration("timeout", "The total time to wait. Default: 24h; none for watch.")),
  interval: maybe(duration("interval", "The mean time between two polls. Default: adaptive, from 1s to 30s."))
}

const cost = value("TOKENS", amountOf("a number of tokens such as 100"))

/** The option against the adoption of a thing that a lost create may have left. */
export const adopting = <Adopt extends string>(usual: Adopt, description: string) =>
  Options.map(flag("no-adopt", description), (isOff) => (isOff ? ("never" as const) : usual))

/** The options of the commands that cost money. */
export const spending = {
  yes: flag("yes", "Start without confirmation. Without a terminal, --yes or --max-cost is required."),
  maxCost: maybe(cost("max-cost", "Start nothing if the estimate is higher or unreadable.")),
  adopt: adopting("whenUnique", "If the answer of the create is lost, do not adopt a new job as its result.")
}
