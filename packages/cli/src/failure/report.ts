/**
 * Reports a failed command: the problem, the next step, and the exit code. Shows only facts of the errors, from which
 * the client has removed all secrets.
 */
import { idsOf } from "@effect-pixxel/client/internal/subject"
import * as Cause from "effect/Cause"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { capitalize } from "effect/String"
import * as Struct from "effect/Struct"
import { type ExitCode, ofError } from "../ExitCode.js"
import { type Origin, without } from "../Invocation.js"
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
      const name = capitalize([...idsOf(created)].reverse().join(" of "))
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

/** Reports a failure. */
export const report = (failure: Failure, origin: Origin): Report => {
  const frame = { tag: failure._tag, message: failure.message }
  switch (failure._tag) {
    case "UsageError":
      return { ...frame, code: 2, next: failure.next ?? "To list the commands: pixxel --help" }
    case "ConfigError": {
      const found = problems(failure)
      const next = "PIXXEL_API_KEY is a token of your Pixxel workspace. To try a command without one: --mock"
      const isOurs = found.some((problem) => problem.startsWith("PIXXEL_"))
      return { ...frame, code: 2, message: found.join(" "), ...(isOurs ? { next } : {}) }
    }
    case "TaskNotFound": {
      const next = `To see its tasks: ${suggest("jobs get", failure, origin)}`
      return { ...frame, code: 5, next, facts: Struct.pick(failure, "workflowId", "jobId") }
    }
    case "JobNotEnded": {
      const next = `Download it after its end with --wait, or follow it first: ${suggest("jobs wait", failure, origin)}`
      return { ...frame, code: 3, next, facts: Struct.pick(failure, "workflowId", "jobId") }
    }
    case "NothingFound":
      return { ...frame, code: 5, next: failure.next }
    case "ImagesMissing": {
      const next = `To download the others: ${suggest(origin.command, {}, without(origin, "strict"))}`
      return { ...frame, code: 6, next, facts: Struct.pick(failure, "aoiId") }
    }
    case "Declined":
      return { ...frame, code: 12 }
    case "UnpackError": {
      const facts = Struct.pick(failure, "reason", "path", "folder")
      return { ...frame, code: 11, next: unpackNext(failure, origin), facts }
    }
    case "OutputFailed":
      return namingCreated({ ...frame, code: 11 }, origin)
    case "OutputClosed":
      return namingCreated({ ...frame, code: 141, message: "The output was closed." }, origin)
    default: {
      const { _tag, message, ...facts } = Object(failure.toJSON())
      const tunnel = tunnelOf(facts)
      const next = nextOf(failure, origin)
      const step = Option.toArray(origin.step).map((step) => `${steps[step] ?? step}:`)
      return {
        ...frame,
        code: ofError(failure),
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
