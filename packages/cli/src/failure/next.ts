/** The next step after a failure. */
import type { DownloadError } from "@effect-pixxel/client"
import { advice, adviceOf } from "@effect-pixxel/client/internal/advice"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { paths } from "../commands/command.js"
import type { PixxelError } from "../ExitCode.js"
import { has, isJourney, type Origin, without } from "../Invocation.js"
import type { UnpackError } from "../unpack.js"
import { billed, follow, gone, goOn, isGone, lookFor, type Named, see } from "./follow.js"
import { isDownload, overview, suggest } from "./suggest.js"
import { createdBy, rowOf } from "./things.js"

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
        ? `${paid}Move the file away, or replace it: ${goOn(subject, without(origin, "if-exists"), false)} --if-exists overwrite`
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

/** The next step after an error of the client. */
export const nextOf = (error: PixxelError, origin: Origin): string => {
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

export const unpackNext = ({ folder, path, reason }: UnpackError, origin: Origin): string => {
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
