/**
 * Reports a failed command: the problem, the next step, and the exit code, as text or as one JSON object. Shows only
 * facts of the errors, from which the client has removed all secrets.
 */
import type {
  AoiFailed,
  AoiId,
  DeliveryFailed,
  DeliveryUnderWay,
  DownloadError,
  InsightFailed,
  InsightsApi,
  InsightTarget,
  JobId,
  JobSubject,
  JobsApi,
  JobTarget,
  OrderItemFailed,
  OrderNotPaid,
  PixxelInvalidInput,
  QuotePlaced,
  Subject,
  TaskSubject,
  VisualizationFailed,
  WorkflowId
} from "@effect-pixxel/client"
import { advice, adviceOf } from "@effect-pixxel/client/internal/advice"
import * as Cause from "effect/Cause"
import type { ConfigError } from "effect/ConfigError"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { paths, syntax } from "./commands/command.js"
import { type ExitCode, ofError, type PixxelError } from "./ExitCode.js"
import {
  type Created,
  createdBy,
  type Given,
  has,
  isJourney,
  isMock,
  isPaid,
  type Origin,
  startsInsight,
  startsJob
} from "./Invocation.js"
import type { OutputClosed, OutputFailed } from "./Output.js"
import { plain } from "./render/plain.js"
import { paint, type Style, unstyled } from "./render/style.js"
import type { Target } from "./saving.js"
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

type Ids = Partial<JobsApi.JobRef> & { readonly task?: string | undefined }

const optionsOf = ({ jobId, task, workflowId }: Ids): ReadonlyArray<Given> =>
  Object.entries({ workflow: workflowId, job: jobId, task }).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }]
  )

const line = (words: string, options: ReadonlyArray<Given>): string =>
  [
    `pixxel ${words}`,
    ...options.map(({ name, value }) => (value === undefined ? `--${name}` : `--${name} ${quoted(value)}`))
  ].join(" ")

/** A suggested command of the group `jobs`. */
export const command = (verb: string, ids: Partial<JobsApi.JobRef>, mock: boolean): string =>
  line(`jobs ${verb}`, [...optionsOf(ids), ...(mock ? [{ name: "mock" }] : [])])

/** A suggested command. It repeats all options of the current command line that it supports. */
const suggest = (words: string, ids: Ids, origin: Origin, more: ReadonlyArray<Given> = []): string => {
  const known = Option.getOrUndefined(syntax(words))
  const own = [...optionsOf(ids), ...more]
  const isRepeated = ({ name }: Given) =>
    (known?.valued.has(name) || known?.switches.has(name)) && !own.some((it) => it.name === name)
  return line(words, [...own, ...origin.options.filter(isRepeated)])
}

/** The command that goes on from a step: a journey by itself, another command by one of that step. */
const goOn = (words: string, origin: Origin, ids: ReadonlyArray<Given>): string =>
  isJourney(origin) ? suggest(origin.command, {}, origin) : suggest(words, {}, origin, ids)

/** A suggested command without a job. */
const overview = (words: string, { options }: Origin): string =>
  line(
    words,
    options.filter(({ name }) => name === "mock")
  )

const isDownload = ({ command }: Origin) => command.endsWith(" download")

/** The command that continues a stopped command to its end. A download waits for its job if the job may still run. */
const continuation = (ids: JobsApi.JobRef, origin: Origin, mayRun: boolean): string => {
  if (isDownload(origin)) {
    return suggest(origin.command, { ...ids, task: origin.options.find(({ name }) => name === "task")?.value }, origin)
  }
  if (!has(origin, "out")) return suggest("jobs wait", ids, origin)
  const canWait = Option.exists(syntax("jobs download"), ({ switches }) => switches.has("wait"))
  return suggest("jobs download", ids, origin, mayRun && canWait ? [{ name: "wait" }] : [])
}

const see = (ids: JobsApi.JobRef, origin: Origin) => suggest("jobs get", ids, origin)

/** The world of the embedded mock server ends with the command, and so does all that this command created. */
const isGone = (origin: Origin): boolean => isMock(origin) && createdBy(origin) !== undefined

const gone = (origin: Origin): string => {
  const again = isPaid(origin) ? "start" : "create"
  return `The embedded mock server has ended, and its ${createdBy(origin)} with it. Run the command again to ${again} another.`
}

const lookFirst = (workflowId: WorkflowId, origin: Origin) =>
  `List the jobs before you run it again, and look for a new one: ${suggest("jobs list", { workflowId }, origin)}`

type OfJob<E> = E extends { readonly subject: Subject }
  ? E & { readonly subject: JobSubject | TaskSubject }
  : E & { readonly target: JobTarget }

/** The failure of a thing of its own error. */
type FailedOther =
  | AoiFailed
  | DeliveryFailed
  | InsightFailed
  | OrderItemFailed
  | OrderNotPaid
  | QuotePlaced
  | VisualizationFailed

/** The error of a known or wanted thing. */
type Named = Extract<PixxelError, { readonly subject: Subject } | { readonly _tag: "CreateOutcomeUnknown" }>

/** Whether an error is about a delivery, or about one to be created. */
const isOfDelivery = (error: Named): boolean => ("subject" in error ? error.subject : error.target)._tag === "Delivery"

const isOfJob = (error: Named): error is OfJob<Exclude<Named, FailedOther>> => {
  const { _tag } = "subject" in error ? error.subject : error.target
  return _tag === "Job" || _tag === "Task"
}

const downloadNext = (error: OfJob<DownloadError>, origin: Origin): string => {
  const again = continuation(error.subject, origin, false)
  switch (error.reason) {
    case "PackageFailed":
      return `The job has ended and is billed. Do not run it again. To show it: ${see(error.subject, origin)}`
    case "TargetExists":
      return startsJob(origin)
        ? `The job is billed. Do not run it again. Move the file away, or replace it: ${again} --if-exists overwrite`
        : "Move it away, choose another --out, or replace it: --if-exists overwrite"
    case "Locked":
      return `Wait for the other download, or end it. Then: ${again}`
    case "DiskFull":
      return `Free some space, then continue: ${again}`
    case "PermissionDenied":
    case "NoHashing":
    case "FileSystem":
      return `Fix the problem, or choose another --out, then continue: ${again}`
    case "Refused":
    case "Corrupt":
      return `The job is billed and its package exists. Do not run it again. Retry later: ${again}`
  }
}

/** The next step for a known job. */
const nextOfJob = (error: OfJob<Exclude<Named, FailedOther>>, origin: Origin): string => {
  switch (error._tag) {
    case "JobFailed":
      return `To see its tasks: ${see(error.subject, origin)}`
    case "WaitTimeout":
      if (error.waitingFor === "end") {
        return `The job continues. To follow it again: ${continuation(error.subject, origin, true)}`
      }
      return has(origin, "out") || isDownload(origin)
        ? `The job has ended; its package was not ready yet. To fetch it: ${continuation(error.subject, origin, false)}`
        : `The job has ended; its package was not ready yet. To show it: ${see(error.subject, origin)}`
    case "RunIncomplete":
      return `${advice.RunIncomplete} To continue: ${continuation(error.subject, origin, true)}`
    case "DownloadError":
      return downloadNext(error, origin)
    case "DownloadIncomplete":
      return `${advice.DownloadIncomplete} To fetch the rest: ${continuation(error.subject, origin, false)}`
    case "CreateOutcomeUnknown":
      return lookFirst(error.target.workflowId, origin)
  }
}

/** Things that take their time, with the commands that wait for them, show and list them. */
const followable = {
  Aoi: {
    wait: "aois wait",
    see: "aois get",
    list: "aois list",
    word: "AOI",
    created: "an AOI",
    may: "may exist",
    kin: "AOIs of this name"
  },
  Visualization: {
    wait: "visualizations wait",
    see: "visualizations list",
    list: "visualizations list",
    word: "visualization",
    created: "a visualization",
    may: "may exist",
    kin: "visualizations of this index"
  },
  Insight: {
    wait: "insights wait",
    see: "insights get",
    list: "insights list",
    word: "insight",
    created: "an insight",
    may: "may exist and cost money",
    kin: "insights"
  },
  Order: {
    // an order ends with its items
    wait: "orders get",
    see: "orders get",
    list: "orders items",
    word: "order",
    created: "an order",
    may: "may exist and cost money",
    kin: "items of orders"
  },
  OrderItem: {
    wait: "orders wait",
    see: "orders item",
    list: "orders items",
    word: "item",
    created: "an item",
    may: "may exist and cost money",
    kin: "items of orders"
  }
} as const

/** A thing that a command follows to its end. It has no id of its own until it is created. */
export interface Followed {
  readonly _tag: keyof typeof followable
  /** Its id. */
  readonly id?: string | undefined
  /** The id of its AOI, if it is in one. */
  readonly aoiId?: string | undefined
  /** The id of its project, for an order without an id. */
  readonly projectId?: string | undefined
}

/** The option of a thing. */
const optionOf = (tag: Followed["_tag"]): string => (tag === "OrderItem" ? "item" : tag.toLowerCase())

/** The options that name a thing. */
const optionsOfFollowed = ({ _tag, aoiId, id, projectId }: Followed): ReadonlyArray<Given> => [
  ...(aoiId === undefined ? [] : [{ name: "aoi", value: aoiId }]),
  ...(projectId === undefined ? [] : [{ name: "project", value: projectId }]),
  ...(id === undefined ? [] : [{ name: optionOf(_tag), value: id }])
]

/** The thing that an error is about. */
const followedOf = (error: Named | { readonly subject: Subject }): Followed => {
  const { _tag, aoiId, insightId, orderId, orderItemId, projectId, visualizationId }: Partial<Record<string, string>> =
    "subject" in error ? error.subject : error.target
  if (insightId !== undefined || _tag === "Insight") return { _tag: "Insight", aoiId, id: insightId }
  if (orderItemId !== undefined) return { _tag: "OrderItem", id: orderItemId }
  if (_tag === "Order") return { _tag, id: orderId, projectId }
  return _tag === "Visualization" ? { _tag, aoiId, id: visualizationId } : { _tag: "Aoi", id: aoiId }
}

/** The command that shows a thing. */
const seeFollowed = (it: Followed, origin: Origin): string =>
  it._tag === "Visualization"
    ? suggest("visualizations list", {}, origin, optionsOfFollowed({ ...it, id: undefined }))
    : suggest(followable[it._tag].see, {}, origin, optionsOfFollowed(it))

/** The command that continues a download: that of an insight, or the current one. A run would pay again. */
const downloadAgain = (it: Followed, origin: Origin): string =>
  startsInsight(origin)
    ? suggest("insights download", {}, origin, optionsOfFollowed(it))
    : suggest(origin.command, {}, origin)

const billed = (origin: Origin) => (startsInsight(origin) ? "The insight is billed. Do not run it again. " : "")

/** The next step for an AOI, a thing of one, or an order. A download continues with its own command line. */
const nextOfFollowed = (error: Named, origin: Origin): string => {
  const it = followedOf(error)
  const { wait: waiting, word } = followable[it._tag]
  const wait = goOn(waiting, origin, optionsOfFollowed(it))
  const again = downloadAgain(it, origin)
  switch (error._tag) {
    case "WaitTimeout":
      return error.waitingFor === "end"
        ? `The ${word} continues. To wait again: ${wait}`
        : `To download again: ${again}`
    case "DownloadError":
      return error.reason === "TargetExists"
        ? startsInsight(origin)
          ? `${billed(origin)}Move the file away, or replace it: ${again} --if-exists overwrite`
          : "Move it away, choose another --out, or replace it: --if-exists overwrite"
        : `${billed(origin)}Then download again: ${again}`
    case "DownloadIncomplete":
      return `${advice.DownloadIncomplete} To fetch the rest: ${again}`
    case "RunIncomplete":
      return `The ${word} exists. ${billed(origin)}To wait for it: ${wait}`
    case "AoiFailed":
      return `To see it: ${seeFollowed(it, origin)}${isJourney(origin) ? ". To create another: --name NAME" : ""}`
    case "OrderNotPaid":
    case "QuotePlaced":
    case "OrderItemFailed":
      return `${advice[error._tag]} To see it: ${seeFollowed({ ...it, projectId: undefined }, origin)}`
    default:
      return `To see it: ${seeFollowed(it, origin)}`
  }
}

const waitForInsight = ({ aoiId, insightId }: InsightsApi.InsightRef, origin: Origin) =>
  `To wait for it: ${suggest("insights wait", {}, origin, optionsOfFollowed({ _tag: "Insight", aoiId, id: insightId }))}`

/** The command that follows what a command has created, if it is no job. */
const followCreated = (it: Exclude<Created, JobsApi.JobRef>, origin: Origin): string =>
  "orderId" in it ? `To see it: ${seeFollowed({ _tag: "Order", id: it.orderId }, origin)}` : waitForInsight(it, origin)

const lookForFollowed = (it: Followed, origin: Origin) => {
  const { kin, list } = followable[it._tag]
  return `List the ${kin} before you run it again, and look for a new one: ${suggest(list, {}, origin, optionsOfFollowed(it))}`
}

const lookForInsight = ({ aoiId }: InsightTarget, origin: Origin) => lookForFollowed({ _tag: "Insight", aoiId }, origin)

/** The next step for a delivery: a look at it, or at all of them. */
const nextOfDelivery = (error: Named | DeliveryUnderWay, origin: Origin): string => {
  const { deliveryId }: Partial<Record<string, string>> = "subject" in error ? error.subject : {}
  const list = suggest(
    "catalog deliveries",
    {},
    origin,
    deliveryId === undefined ? [] : [{ name: "delivery", value: deliveryId }]
  )
  switch (error._tag) {
    case "WaitTimeout":
      return `The delivery continues. To see it: ${list}`
    case "CreateOutcomeUnknown":
      return `List the deliveries before you deliver again, and look for a new one: ${list}`
    default:
      return `${advice[error._tag]} To see ${error._tag === "DeliveryUnderWay" ? "them" : "it"}: ${list}`
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
      return startsJob(origin) ? `${next} To list the workflows: ${overview("workflows list", origin)}.` : next
    case "OrderInfeasible":
      return `${next} To submit them nevertheless: --even-if-infeasible`
    case "QuoteOutcomeUnknown":
      return isGone(origin)
        ? gone(origin)
        : lookForFollowed({ _tag: "Order", projectId: error.target.projectId }, origin)
    case "EstimateCreated":
      return isGone(origin) ? gone(origin) : waitForInsight({ ...error.target, ...error }, origin)
    case "EstimateUnknown":
      return isGone(origin) ? gone(origin) : lookForInsight(error.target, origin)
    case "DeliveryUnderWay":
      return nextOfDelivery(error, origin)
    case "JobFailed":
    case "AoiFailed":
    case "DeliveryFailed":
    case "InsightFailed":
    case "VisualizationFailed":
    case "OrderItemFailed":
    case "OrderNotPaid":
    case "QuotePlaced":
    case "WaitTimeout":
    case "RunIncomplete":
    case "DownloadError":
    case "DownloadIncomplete":
    case "CreateOutcomeUnknown":
      if (isGone(origin)) return gone(origin)
      if (isOfDelivery(error)) return nextOfDelivery(error, origin)
      if (isOfJob(error)) return nextOfJob(error, origin)
      return error._tag === "CreateOutcomeUnknown"
        ? lookForFollowed(followedOf(error), origin)
        : nextOfFollowed(error, origin)
    default:
      return next
  }
}

const unpackNext = ({ folder, path, reason }: UnpackError, origin: Origin): string => {
  const again = Option.match(
    Option.filter(origin.created, () => !isGone(origin)),
    {
      onNone: () => "",
      onSome: (it) =>
        "jobId" in it
          ? ` The job is billed. Do not run it again. Instead: ${continuation(it, origin, false)}`
          : ` The insight is billed. Do not run it again. ${followCreated(it, origin)}`
    }
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

/** Names the thing that the command has created, and the command that follows it. */
const namesOf = (it: Created, origin: Origin) =>
  "jobId" in it
    ? [`Job ${it.jobId} of workflow ${it.workflowId}`, `To follow it: ${continuation(it, origin, true)}`]
    : [
        "orderId" in it ? `Order ${it.orderId}` : `Insight ${it.insightId} of AOI ${it.aoiId}`,
        followCreated(it, origin)
      ]

/** Adds the thing created by the command to a report whose failure does not name it. */
const namingCreated = (report: Report, origin: Origin): Report =>
  Option.match(origin.created, {
    onNone: () => report,
    onSome: (created) => {
      const [name, follow] = namesOf(created, origin)
      return {
        ...report,
        message: `${report.message} ${name} exists and is billed.`,
        next: [
          ...(report.next === undefined ? [] : [report.next]),
          isGone(origin) ? gone(origin) : `Do not run it again. ${follow}`
        ].join(" "),
        facts: { ...report.facts, ...created }
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
        next: `To see its tasks: ${see(failure, origin)}`,
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

/** Reports a stopped create, wait or run. The job, if any, continues. */
export const stopped = (stop: Stop, workflowId: WorkflowId, jobId: JobId | undefined, origin: Origin): Report => {
  const facts = jobId === undefined ? { workflowId } : { workflowId, jobId }
  const report = { code: stop === "Interrupted" ? 130 : 141, tag: stop, facts } as const
  if (isGone(origin)) return { ...report, message: `${stops[stop]}.`, next: gone(origin) }
  return jobId === undefined
    ? {
        ...report,
        message: `${stops[stop]} while a job was being created. The job may exist and cost money.`,
        next: lookFirst(workflowId, origin)
      }
    : {
        ...report,
        message: `${stops[stop]}. Job ${jobId} continues.`,
        next: `To follow it again: ${continuation({ workflowId, jobId }, origin, true)}`
      }
}

/** Reports a stopped create of a thing, or a stopped wait for one. The thing continues. */
export const stoppedFollowing = (it: Followed, origin: Origin): Report => {
  const { created, kin, list, may, wait, word } = followable[it._tag]
  const report = { code: 130, tag: "Interrupted" } as const
  if (isGone(origin)) return { ...report, message: "Interrupted.", next: gone(origin) }
  const options = optionsOfFollowed(it)
  const facts = Object.fromEntries(options.map(({ name, value }) => [`${name}Id`, value]))
  return it.id === undefined
    ? {
        ...report,
        message: `Interrupted while ${created} was being created. The ${word} ${may}.`,
        next: isJourney(origin)
          ? `To look for it by its name, and go on: ${suggest(origin.command, {}, origin)}`
          : `List the ${kin} before you create it again: ${suggest(list, {}, origin, options)}`,
        facts
      }
    : {
        ...report,
        message: `Interrupted. ${word.charAt(0).toUpperCase()}${word.slice(1)} ${it.id} continues.`,
        next: `${it._tag === "Order" ? "To see it" : "To wait again"}: ${goOn(wait, origin, options)}`,
        facts
      }
}

/** Reports a stopped download. */
export const stoppedDownload = (stop: Stop, target: Target, origin: Origin): Report => {
  const report = {
    code: stop === "Interrupted" ? 130 : 141,
    tag: stop,
    message: `${stops[stop]}. The received bytes are kept.`
  } as const
  if ("source" in target) {
    const { subject } = target.source
    const { _tag, ...facts } = subject
    const again = downloadAgain(followedOf({ subject }), origin)
    return { ...report, next: isGone(origin) ? gone(origin) : `To fetch the rest: ${again}`, facts }
  }
  const { jobId, taskId, workflowId } = target
  const next = isGone(origin) ? gone(origin) : `To fetch the rest: ${continuation(target, origin, false)}`
  return { ...report, next, facts: { workflowId, jobId, taskId } }
}

/** The note of a command that was stopped while a thing that costs money is being created. */
const creating = (doing: string, word: string, look: string, origin: Origin): string =>
  [
    `pixxel: Interrupted while ${doing}. Waiting to find out whether the ${word} exists. Interrupt again to stop waiting.`,
    ...(isGone(origin) ? [] : [`  ${look}`])
  ].join("\n")

export const stillCreatingJob = (workflowId: WorkflowId, origin: Origin): string =>
  creating("a job is being created", "job", lookFirst(workflowId, origin), origin)

export const stillCreating = (it: Followed, origin: Origin): string => {
  const { created, word } = followable[it._tag]
  return creating(`${created} is being created`, word, lookForFollowed(it, origin), origin)
}

export const stillQuoting = (it: Followed, origin: Origin): string =>
  creating("an order is being quoted", "order", lookForFollowed(it, origin), origin)

/** Reports a stopped quote. A server that ignores the flag of a quote places the order. */
export const stoppedQuote = (it: Followed, origin: Origin): Report => ({
  code: 130,
  tag: "Interrupted",
  message: "Interrupted while an order was being quoted. A server that ignores the flag of a quote places the order.",
  next: isGone(origin) ? gone(origin) : lookForFollowed(it, origin)
})

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
export const toText = ({ facts, message, next }: Report, style: Style = unstyled, verbose = false): string =>
  [
    message.startsWith("pixxel ")
      ? `${paint(style, "red", "pixxel")}${plain(message.slice("pixxel".length))}`
      : `${paint(style, "red", "pixxel:")} ${plain(message)}`,
    ...(verbose ? attemptsOf(facts).map(describeAttempt) : []),
    ...(next === undefined ? [] : [`  ${next}`])
  ].join("\n")

/** The report for programs: one object on one line. */
export const toJson = ({ facts, message, next, tag }: Report): string =>
  JSON.stringify({ error: { tag, message, next, ...facts } })
