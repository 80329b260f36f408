/**
 * Reports a failed command: the problem, the next step, and the exit code. Shows only facts of the errors, from which
 * the client has removed all secrets.
 */
import { capitalized, idsOf } from "@effect-pixxel/client/internal/subject"
import * as Cause from "effect/Cause"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { type ExitCode, ofError } from "../ExitCode.js"
import type { Origin } from "../Invocation.js"
import type { OutputClosed, OutputFailed } from "../Output.js"
import type { Failure } from "./errors.js"
import { follow, gone, isGone } from "./follow.js"
import { nextOf, unpackNext } from "./next.js"
import { problemOf, problems, tunnelOf } from "./problem.js"
import { suggest } from "./suggest.js"

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

/** The steps of a journey, as a report names them. */
const steps: Readonly<Record<string, string>> = {
  search: "The search failed",
  create: "The create of the AOI failed",
  wait: "The wait for the AOI failed",
  assets: "The list of its assets failed",
  download: "The download failed"
}

/** The facts of an error, with the ids of its subject or target beside them. */
const withIds = (facts: object): object => {
  const { subject, target = subject, ...rest }: { readonly subject?: unknown; readonly target?: unknown } = facts
  if (!Predicate.isRecord(target)) return facts
  const { _tag, ...ids } = target
  return { ...ids, ...rest }
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
