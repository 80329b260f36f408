/**
 * Reports a failed command: the problem, the next step, and the exit code, as text or as one JSON object. Shows only
 * facts of the errors, from which the client has removed all secrets.
 */
import type { AoiId, DownloadError, JobsApi, PixxelInvalidInput } from "@effect-pixxel/client"
import { advice, adviceOf } from "@effect-pixxel/client/internal/advice"
import { capitalized, idsOf } from "@effect-pixxel/client/internal/subject"
import * as Cause from "effect/Cause"
import type { ConfigError } from "effect/ConfigError"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Form } from "./commands/answer.js"
import { paths, syntax } from "./commands/command.js"
import { type ExitCode, ofError, type PixxelError } from "./ExitCode.js"
import { createdBy, idOf, isPaid, one, rowOf, type Thing } from "./failure/things.js"
import { type Given, has, isJourney, isMock, type Origin } from "./Invocation.js"
import type { OutputClosed, OutputFailed } from "./Output.js"
import { plain } from "./render/plain.js"
import { paint, type Style, unstyled } from "./render/style.js"
import type { UnpackError } from "./unpack.js"

/** The command line is invalid. */
export class UsageError extends Data.TaggedError("UsageError")<{
  readonly message: string
  /** The next step. Default: see the help. */
  readonly next?: string | undefined
}> {}

/** The job does not have exactly one matching task. */
export class TaskNotFound extends Data.TaggedError("TaskNotFound")<JobsApi.JobRef & { readonly message: string }> {}

/** The job has not ended, so it has no package yet. */
export class JobNotEnded extends Data.TaggedError("JobNotEnded")<JobsApi.JobRef & { readonly message: string }> {}

/** The search, or the AOI, has nothing to download. */
export class NothingFound extends Data.TaggedError("NothingFound")<{
  readonly message: string
  readonly next: string
}> {}

/** Some images of an AOI are missing, which `--strict` refuses. */
export class ImagesMissing extends Data.TaggedError("ImagesMissing")<{
  readonly aoiId: AoiId
  readonly message: string
}> {}

/** The user declined what the command asked. */
export class Declined extends Data.TaggedError("Declined")<{ readonly message: string }> {}

/** All failures of commands. */
export type Failure =
  | PixxelError
  | ConfigError
  | OutputFailed
  | OutputClosed
  | UsageError
  | TaskNotFound
  | JobNotEnded
  | NothingFound
  | ImagesMissing
  | Declined
  | UnpackError

/** A failure in its displayed form. */
export interface Report {
  readonly code: ExitCode
  readonly tag: string
  readonly message: string
  /** The next step. */
  readonly next?: string
  /** The fields of the error. */
  readonly facts?: object
}

const quoted = (word: string) =>
  /^(-|[\w.:@%+/][\w.:@%+=/-]*)$/.test(word) ? word : `'${plain(word).replaceAll("'", "'\\''")}'`

export const line = (words: string, options: ReadonlyArray<Given>): string =>
  [
    `pixxel ${words}`,
    ...options.map(({ name, value }) => (value === undefined ? `--${name}` : `--${name} ${quoted(value)}`))
  ].join(" ")

/** A suggested command, with the ids that it takes, and all options of the current command line that it supports. */
const suggest = (words: string, ids: object, { options }: Pick<Origin, "options">, more: ReadonlyArray<Given> = []) => {
  const known = Option.getOrUndefined(syntax(words))
  const own = Object.entries(ids).flatMap(([id, value]) => {
    const name = id.endsWith("Id") && value !== undefined ? known?.optionOf.get(id) : undefined
    return name === undefined ? [] : [{ name, value }]
  })
  const all = [...own, ...more]
  const isRepeated = ({ name }: Given) =>
    (known?.valued.has(name) || known?.switches.has(name)) && !all.some((it) => it.name === name)
  return line(words, [...all, ...options.filter(isRepeated)])
}

/** A suggested command that lists all. */
const overview = (words: string, { options }: Origin): string =>
  line(
    words,
    options.filter(({ name }) => name === "mock")
  )

const isDownload = ({ command }: Origin) => command.endsWith(" download")

type Named = { readonly _tag: string }

/**
 * The command that goes on with a stopped one. A create goes on with the steps after it, since a second one is paid
 * again; a download waits first if the thing may still run.
 */
const goOn = (it: Named, origin: Origin, mayRun: boolean): string => {
  const { download, see, wait = see } = rowOf(it)
  if (isDownload(origin) || isJourney(origin)) return suggest(origin.command, it, origin)
  if (download === undefined || !has(origin, "out")) return suggest(wait, it, origin)
  if (!mayRun) return suggest(download, it, origin)
  return Option.exists(syntax(download), ({ switches }) => switches.has("wait"))
    ? suggest(download, it, origin, [{ name: "wait" }])
    : suggest(wait, it, origin)
}

const see = (it: Named, origin: Origin) => `To see it: ${suggest(rowOf(it).see, it, origin)}`

/** How to wait for a thing, or else to see it. */
const follow = <T extends Named>(it: T, origin: Origin, words = "To wait for it") =>
  rowOf(it).wait === undefined ? see(it, origin) : `${words}: ${goOn(it, origin, true)}`

const lookFor = (it: Named, origin: Origin) => {
  const { all, list } = rowOf(it)
  return `List the ${all} before you run it again, and look for a new one: ${suggest(list, it, origin)}`
}

/** The world of the embedded mock server ends with the command, and so does all that this command created. */
const isGone = (origin: Origin): boolean => isMock(origin) && createdBy(origin) !== undefined

const gone = (origin: Origin): string => {
  const again = isPaid(origin) ? "start" : "create"
  return `The embedded mock server has ended, and its ${createdBy(origin)?.word} with it. Run the command again to ${again} another.`
}

const billed = (it: Named) => {
  const { isBilled, word } = rowOf(it)
  return isBilled ? `The ${word} is billed. Do not run it again. ` : ""
}

/** The next step of a download. */
const downloadNext = ({ reason, subject }: DownloadError, origin: Origin): string => {
  const again = goOn(subject, origin, false)
  const isNew = createdBy(origin) === rowOf(subject)
  const paid = isNew ? billed(subject) : ""
  switch (reason) {
    case "PackageFailed":
      return `${billed(subject)}${see(subject, origin)}`
    case "TargetExists":
      return isNew && !isJourney(origin)
        ? `${paid}Move the file away, or replace it: ${again} --if-exists overwrite`
        : "Move it away, choose another --out, or replace it: --if-exists overwrite"
    case "Locked":
      return `${paid}Wait for the other download, or end it. Then: ${again}`
    case "DiskFull":
      return `${paid}Free some space, then continue: ${again}`
    case "PermissionDenied":
    case "NoHashing":
    case "FileSystem":
      return `${paid}Fix the problem, or choose another --out, then continue: ${again}`
    case "Refused":
    case "Corrupt":
      return `${billed(subject)}Retry later: ${again}`
  }
}

/** The error of a thing that exists, or may exist. */
type OfThing = Extract<
  PixxelError,
  | { readonly subject: Named }
  | { readonly _tag: "CreateOutcomeUnknown" | "EstimateCreated" | "EstimateUnknown" | "QuoteOutcomeUnknown" }
>

const nextOfThing = (error: OfThing, origin: Origin): string => {
  if (isGone(origin)) return gone(origin)
  switch (error._tag) {
    case "CreateOutcomeUnknown":
    case "EstimateUnknown":
    case "QuoteOutcomeUnknown":
      return lookFor(error.target, origin)
    case "EstimateCreated":
      return follow({ ...error.target, insightId: error.insightId }, origin)
    case "RunIncomplete":
      return `${billed(error.subject) || `The ${rowOf(error.subject).word} exists. `}${follow(error.subject, origin)}`
    case "WaitTimeout": {
      const { subject, waitingFor } = error
      if (waitingFor === "end")
        return `The ${rowOf(subject).word} continues. ${follow(subject, origin, "To wait again")}`
      const isSaved = has(origin, "out") || isDownload(origin)
      return `Its package was not ready yet. ${isSaved ? `To fetch it: ${goOn(subject, origin, false)}` : see(subject, origin)}`
    }
    case "DownloadError":
      return downloadNext(error, origin)
    case "DownloadIncomplete":
      return `The received bytes are kept. To fetch the rest: ${goOn(error.subject, origin, false)}`
    default:
      return `${advice[error._tag]} ${see(error.subject, origin)}${isJourney(origin) ? ". To create another: --name NAME" : ""}`
  }
}

const lists: Readonly<Record<string, ReadonlyArray<string>>> = {
  assets: ["aois list"],
  catalog: ["catalog search", "catalog deliveries"],
  fetch: ["projects list", "satellites", "aois list"],
  insights: ["aois list", "insights list --aoi ID"],
  jobs: ["workflows list", "jobs list --workflow ID"],
  orders: ["orders list", "orders items"],
  tasks: ["workflows list", "jobs list --workflow ID"],
  visualizations: ["aois list", "indices list", "visualizations list --aoi ID"]
}

/** The commands that list the things of this command, if any. */
const listing = (origin: Origin): string => {
  const [group = ""] = origin.command.split(" ", 1)
  const known = lists[group] ?? paths().filter((path) => path === `${group} list`)
  return known.length === 0
    ? ""
    : ` To list the existing ones: ${known.map((words) => overview(words, origin)).join(", ")}.`
}

const nextOf = (error: PixxelError, origin: Origin): string => {
  const next = adviceOf(error)
  switch (error._tag) {
    case "PixxelBadRequest":
    case "PixxelNotFound":
    case "PixxelConflict":
    case "CreateUnconfirmed":
      return `${next}${listing(origin)}`
    case "PixxelUnauthorized":
    case "PixxelForbidden":
      return `${next} To show the settings: pixxel config show`
    case "PixxelRateLimited":
    case "PixxelServerError":
      return Option.match(error.retryAfter, {
        onNone: () => next,
        onSome: (delay) => next.replace("later", `in ${Duration.format(delay)}`)
      })
    case "CostLimitExceeded":
      return error.target._tag === "Job"
        ? `${next} To list the workflows: ${overview("workflows list", origin)}.`
        : next
    case "OrderInfeasible":
      return `${next} To submit them nevertheless: --even-if-infeasible`
    case "DeliveryUnderWay":
      return `${next} To see them: ${suggest(rowOf(error.target).list, {}, origin)}`
    case "CreateOutcomeUnknown":
    case "EstimateCreated":
    case "EstimateUnknown":
    case "QuoteOutcomeUnknown":
      return nextOfThing(error, origin)
    default:
      return "subject" in error ? nextOfThing(error, origin) : next
  }
}

const unpackNext = ({ folder, path, reason }: UnpackError, origin: Origin): string => {
  const again = Option.match(
    Option.filter(origin.created, () => !isGone(origin)),
    { onNone: () => "", onSome: (it) => ` ${billed(it)}Instead: ${goOn(it, origin, false)}` }
  )
  switch (reason) {
    case "Unsafe":
      return `Inspect the package before you unpack it by other means. The package is kept: ${path}`
    case "TooLarge":
      return `If the size is expected, raise the limit: --max-size, --max-entries, --max-ratio. The package is kept: ${path}${again}`
    case "Corrupt":
      return `Move ${path} away, and download it again, with --verify.${again}`
    case "TargetExists":
      return `Move ${folder} away, or choose another --out.${again}`
    case "FileSystem":
      return `The package is kept: ${path}${again}`
  }
}

/** The steps of a journey, as a report names them. */
const steps: Readonly<Record<string, string>> = {
  search: "The search failed",
  create: "The create of the AOI failed",
  wait: "The wait for the AOI failed",
  assets: "The list of its assets failed",
  download: "The download failed"
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** The facts of an error, with the ids of its subject or target beside them. */
const withIds = (facts: object): object => {
  const { subject, target = subject, ...rest }: { readonly subject?: unknown; readonly target?: unknown } = facts
  if (!isRecord(target)) return facts
  const { _tag, ...ids } = target
  return { ...ids, ...rest }
}

/** The problems of the settings, without their values. */
export const problems = (error: ConfigError): ReadonlyArray<string> => {
  switch (error._op) {
    case "And":
      return [...problems(error.left), ...problems(error.right)]
    case "Or":
      return problems(error.left)
    case "MissingData":
      return [`${error.path.join("_")} is not set.`]
    default:
      return [`${error.path.join("_")}: ${error.message}.`]
  }
}

/** Matches the names of the client's methods in messages. */
const operation = /\b(?:[A-Z]\w*Api|Pixxel)\.\w+/g

/** Matches the advice of an unknown outcome, which the report repeats as a command. */
const listFirst = /^(.*) List the .* before creating another\.$/s

/** The message of an invalid input, with the options of the command in place of the client's inputs. */
const withOptions = ({ found, message, others, path }: PixxelInvalidInput, origin: Origin) => {
  const { optionOf } = Option.getOrElse(syntax(origin.command), () => ({ optionOf: new Map<string, string>() }))
  return [{ found, path }, ...others].reduce((text, { found, path }) => {
    // without a file, the options give one item of an order
    const input = has(origin, "file") ? path : path.replace(/^items\[0\]\.(cloudDelivery\.)?/, "")
    const option = optionOf.get(input)
    return option === undefined ? text : text.replace(`${path} is ${found}`, () => `--${option} is ${found}`)
  }, message)
}

/** The message without the next step, with the command in place of the client's method. */
const problemOf = (error: PixxelError, origin: Origin): string => {
  const { command } = origin
  const message = error._tag === "PixxelInvalidInput" ? withOptions(error, origin) : error.message
  const problem = message.replace(` ${adviceOf(error)}`, "").replace(listFirst, "$1")
  return command === "" ? problem : problem.replace(operation, () => `pixxel ${command}`)
}

/** Finds the proxy failure behind an error in its facts. */
const tunnelOf = (facts: unknown): string | undefined => {
  if (!isRecord(facts)) return undefined
  const { causes, failure } = facts
  const cause = Array.isArray(causes) ? causes.find((it) => isRecord(it) && it["name"] === "TunnelError") : undefined
  return cause === undefined ? tunnelOf(failure) : String(cause.message)
}

/** Adds the thing created by the command to a report whose failure does not name it. */
const namingCreated = (report: Report, origin: Origin): Report =>
  Option.match(origin.created, {
    onNone: () => report,
    onSome: (created) => {
      const { _tag, ...ids } = created
      const name = capitalized([...idsOf(created)].reverse().join(" of "))
      return {
        ...report,
        message: `${report.message} ${name} exists and is billed.`,
        next: [
          ...(report.next === undefined ? [] : [report.next]),
          isGone(origin) ? gone(origin) : `Do not run it again. ${follow(created, origin)}`
        ].join(" "),
        facts: { ...report.facts, ...ids }
      }
    }
  })

/** Reports a result that could not be written. */
const unwritten = (failure: OutputFailed | OutputClosed, origin: Origin): Report => {
  const closed = { code: 141, message: "The output was closed." } as const
  const failed = failure._tag === "OutputClosed" ? closed : { code: 11 as const, message: failure.message }
  return namingCreated({ ...failed, tag: failure._tag }, origin)
}

/** Reports a failure. */
export const report = (failure: Failure, origin: Origin): Report => {
  const { _tag: tag, message } = failure
  switch (failure._tag) {
    case "UsageError":
      return {
        code: 2,
        tag,
        message,
        next: failure.next ?? "To list the commands: pixxel --help"
      }
    case "ConfigError": {
      const found = problems(failure)
      return {
        code: 2,
        tag,
        message: found.join(" "),
        ...(found.some((problem) => problem.startsWith("PIXXEL_"))
          ? { next: "PIXXEL_API_KEY is a token of your Pixxel workspace. To try a command without one: --mock" }
          : {})
      }
    }
    case "TaskNotFound":
      return {
        code: 5,
        tag,
        message,
        next: `To see its tasks: ${suggest("jobs get", failure, origin)}`,
        facts: { workflowId: failure.workflowId, jobId: failure.jobId }
      }
    case "JobNotEnded":
      return {
        code: 3,
        tag,
        message,
        next: `Download it after its end with --wait, or follow it first: ${suggest("jobs wait", failure, origin)}`,
        facts: { workflowId: failure.workflowId, jobId: failure.jobId }
      }
    case "NothingFound":
      return { code: 5, tag, message, next: failure.next }
    case "ImagesMissing": {
      const lenient = { ...origin, options: origin.options.filter(({ name }) => name !== "strict") }
      return {
        code: 6,
        tag,
        message,
        next: `To download the others: ${suggest(origin.command, {}, lenient)}`,
        facts: { aoiId: failure.aoiId }
      }
    }
    case "Declined":
      return { code: 12, tag, message }
    case "UnpackError":
      return {
        code: 11,
        tag,
        message,
        next: unpackNext(failure, origin),
        facts: { reason: failure.reason, path: failure.path, folder: failure.folder }
      }
    case "OutputFailed":
    case "OutputClosed":
      return unwritten(failure, origin)
    default: {
      const { _tag, message, ...facts } = Object(failure.toJSON())
      const tunnel = tunnelOf(facts)
      const next = nextOf(failure, origin)
      const step = Option.toArray(origin.step).map((step) => `${steps[step] ?? step}:`)
      return {
        code: ofError(failure),
        tag,
        message: [...step, problemOf(failure, origin), ...(tunnel === undefined ? [] : [tunnel])].join(" "),
        next: tunnel === undefined ? next : `${next} Check the proxy, or name the host in NO_PROXY.`,
        facts: { ...Option.match(origin.step, { onNone: () => ({}), onSome: (step) => ({ step }) }), ...withIds(facts) }
      }
    }
  }
}

/** Reports the end of a command. Shows only the message and the stack of a defect: other fields may contain secrets. */
export const reportCause = (cause: Cause.Cause<Failure>, origin: Origin): Report =>
  Option.match(Cause.failureOption(cause), {
    onSome: (failure) => report(failure, origin),
    onNone: () => {
      const defect = Cause.squash(cause)
      const unexpected: Report = {
        code: 1,
        tag: "Unexpected",
        message: defect instanceof Error ? `${defect.name}: ${defect.message}.` : `a ${typeof defect} was thrown.`,
        next: "This is a bug in pixxel. Please report it with the stack shown by --json.",
        facts: defect instanceof Error ? { stack: defect.stack } : {}
      }
      return namingCreated(unexpected, origin)
    }
  })

/** The reason why a command stops early: a signal, or an output without a reader. */
export type Stop = "Interrupted" | "OutputClosed"

const stops = { Interrupted: "Interrupted", OutputClosed: "The output was closed" } as const

const stoppedBy = (stop: Stop) => ({ code: stop === "Interrupted" ? 130 : 141, tag: stop }) as const

/** Reports a stopped create, wait or run of a thing. The thing, if any, continues. */
export const stopped = (stop: Stop, it: Thing, origin: Origin): Report => {
  const { _tag, ...facts } = it
  const row = rowOf(it)
  const id = idOf(it)
  const report = { ...stoppedBy(stop), facts }
  if (isGone(origin)) return { ...report, message: `${stops[stop]}.`, next: gone(origin) }
  return id === undefined
    ? {
        ...report,
        message: `${stops[stop]} while ${one(row)} was being created. The ${row.word} may exist${row.isBilled ? " and cost money" : ""}.`,
        next: isJourney(origin)
          ? `To look for it by its name, and go on: ${suggest(origin.command, {}, origin)}`
          : lookFor(it, origin)
      }
    : {
        ...report,
        message: `${stops[stop]}. ${capitalized(row.word)} ${id} continues.`,
        next: follow(it, origin, "To wait again")
      }
}

/** Reports a stopped download. */
export const stoppedDownload = (stop: Stop, { _tag, ...facts }: Named, origin: Origin): Report => ({
  ...stoppedBy(stop),
  message: `${stops[stop]}. The received bytes are kept.`,
  next: isGone(origin) ? gone(origin) : `To fetch the rest: ${goOn({ _tag, ...facts }, origin, false)}`,
  facts
})

/** Reports a stopped quote. A server that ignores the flag of a quote places the order. */
export const stoppedQuote = (it: Thing, origin: Origin): Report => ({
  ...stoppedBy("Interrupted"),
  message: "Interrupted while an order was being quoted. A server that ignores the flag of a quote places the order.",
  next: isGone(origin) ? gone(origin) : lookFor(it, origin)
})

/** The note of a command that was stopped while a thing that costs money is being created. */
export const stillCreating = (it: Thing, origin: Origin, doing = `${one(rowOf(it))} is being created`): string =>
  [
    `pixxel: Interrupted while ${doing}. Waiting to find out whether the ${rowOf(it).word} exists. Interrupt again to stop waiting.`,
    ...(isGone(origin) ? [] : [`  ${lookFor(it, origin)}`])
  ].join("\n")

interface Attempt {
  readonly status?: number
  readonly reason?: string
  readonly requestId?: string
  readonly delay: number
}

/** Finds the attempts of the failed call in the facts. */
const attemptsOf = (facts: unknown): ReadonlyArray<Attempt> => {
  if (!isRecord(facts)) return []
  const { attempts, failure } = facts
  return Array.isArray(attempts) ? attempts : attemptsOf(failure)
}

const describeAttempt = ({ delay, reason, requestId, status }: Attempt, at: number) => {
  const after = delay > 0 ? `, ${Duration.format(Duration.seconds(delay))} later` : ""
  const why = reason === undefined ? "" : `, ${plain(reason)}`
  const request = requestId === undefined ? "" : ` (request ${plain(requestId)})`
  return `  attempt ${at + 1}${after}: ${status ?? "no answer"}${why}${request}`
}

/** The report for users: the problem, the attempts with `verbose`, then the next step. */
const toText = ({ facts, message, next }: Report, style: Style, verbose: boolean): string =>
  [
    message.startsWith("pixxel ")
      ? `${paint(style, "red", "pixxel")}${plain(message.slice("pixxel".length))}`
      : `${paint(style, "red", "pixxel:")} ${plain(message)}`,
    ...(verbose ? attemptsOf(facts).map(describeAttempt) : []),
    ...(next === undefined ? [] : [`  ${next}`])
  ].join("\n")

/** The report for programs: one object on one line. */
const toJson = ({ facts, message, next, tag }: Report): string =>
  JSON.stringify({ error: { tag, message, next, ...facts } })

/** The report in the form of the command's results. */
export const inForm = (it: Report, form: Form, style: Style = unstyled, verbose = false): string =>
  form === "text" ? toText(it, style, verbose) : toJson(it)
