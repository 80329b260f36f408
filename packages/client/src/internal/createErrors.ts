/** Classifies the errors of a create: certainly nothing started, or outcome unknown. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { type Candidate, CreateNotSent, CreateOutcomeUnknown } from "../CreateError.js"
import type { CreateIntent } from "../CreateIntent.js"
import { type HttpError, type NotSent, PixxelRequestTimeout, type PixxelTransportError } from "../HttpError.js"
import type { ProjectId, WorkflowId } from "../Ids.js"
import { createJob } from "../jobs/internal/endpoints.js"

const isNotSent = (error: PixxelTransportError | PixxelRequestTimeout): error is NotSent => error.sent === false

/** Workflow to run and project to bill. */
interface Order {
  readonly workflowId: WorkflowId
  readonly projectId: ProjectId
}

/**
 * The statuses that prove that a create made no job, with or without a body. The API checks them before it makes a job
 * (documented for 400, 401, 403 and 429, inferred for the others), and no gateway answers them to a request that it has
 * passed on. All other statuses prove nothing: gateways answer 408, 425, 444, 460 and 499 when they or the client gave
 * up waiting, 421 may answer the second of two requests, 409 may refer to an existing job, 406, 410, 418 and 451 do not
 * come from the API, and a redirect may follow the job.
 */
const refusals = new Set([
  400, // a parameter is missing, malformed or unknown
  401, // the form of the token is unknown
  402, // the project cannot pay
  403, // the token lacks the permission
  404, // the workflow, project or route does not exist
  422, // the workflow cannot run in its current state
  429 // the rate limit applies before the work
])

/** Returns the error if it proves that the create started nothing. */
const certain = (error: HttpError) => {
  switch (error._tag) {
    case "PixxelBadRequest":
    case "PixxelUnauthorized":
    case "PixxelForbidden":
    case "PixxelNotFound":
    case "PixxelRateLimited":
    case "PixxelUnexpectedStatus":
      return refusals.has(error.status) ? error : undefined
    case "PixxelTransportError":
    case "PixxelRequestTimeout":
      return isNotSent(error) ? error : undefined
    default:
      return undefined
  }
}

/** An error of the create request. */
export type SendError = NonNullable<ReturnType<typeof certain>> | CreateOutcomeUnknown

/** Classifies an error of the create request: certainly nothing started, or outcome unknown. */
export const ofCreate =
  (intent: CreateIntent) =>
  (error: HttpError): SendError =>
    certain(error) ?? unknownOutcome(intent, error)

/** Classifies an error of a call before the create: an error that a create has too, or `CreateNotSent`. */
const ofPreparation =
  (subject: string) =>
  ({ projectId, workflowId }: Order) =>
  (failure: HttpError): NonNullable<ReturnType<typeof certain>> | CreateNotSent =>
    certain(failure) ??
    new CreateNotSent({
      workflowId,
      projectId,
      failure,
      message: `The ${subject} of workflow ${workflowId} could not be fetched before the create, so the create was not sent and nothing was started: ${failure.message}`
    })

/** Classifies an error of the list before a create. */
export const ofBaseline = ofPreparation("jobs")

/** Classifies an error of the estimate before a create. */
export const ofEstimate = ofPreparation("estimate")

const unknownOutcome = (intent: CreateIntent, error: HttpError) =>
  new CreateOutcomeUnknown({
    intent,
    operation: error.operation,
    method: error.method,
    route: error.route,
    attempts: error.attempts,
    workflowId: intent.workflowId,
    projectId: intent.projectId,
    status: "status" in error ? optional(error.status) : Option.none(),
    requestId: "requestId" in error ? error.requestId : Option.none(),
    reason: error.message,
    message: messageOfUnknown(intent.workflowId, error.message, [])
  })

const callOfCreate = {
  operation: createJob.operation,
  method: createJob.method,
  route: createJob.path
}

/** The unknown outcome of a create from its record alone. */
export const unrecorded = (intent: CreateIntent, reason: string): CreateOutcomeUnknown =>
  new CreateOutcomeUnknown({
    ...callOfCreate,
    intent,
    workflowId: intent.workflowId,
    projectId: intent.projectId,
    reason,
    message: messageOfUnknown(intent.workflowId, reason, [])
  })

/** The error of a create that was not sent because its record was stored after the deadline of the call. */
export const keptTooLate = ({ projectId, timeout, workflowId }: CreateIntent): CreateNotSent => {
  const message = `The record of a create was not stored within ${Duration.format(timeout)}: the request was not sent.`
  const failure = new PixxelRequestTimeout({ ...callOfCreate, sent: false, timeout, message })
  return new CreateNotSent({ workflowId, projectId, failure, message })
}

const optional = (status: number | Option.Option<number>) => (typeof status === "number" ? Option.some(status) : status)

const messageOfUnknown = (workflowId: WorkflowId, reason: string, more: ReadonlyArray<string>) =>
  [
    `A job may have been created, and may be costing money: ${reason}`,
    ...more,
    `List the jobs of workflow ${workflowId} before creating another.`
  ].join(" ")

/** An unknown outcome after an inconclusive search, with the candidates and the reason. */
export const lookedInto = (
  error: CreateOutcomeUnknown,
  intent: CreateIntent,
  candidates: ReadonlyArray<Candidate>,
  why: string
): CreateOutcomeUnknown => {
  const { attempts, method, operation, projectId, reason, requestId, route, status, workflowId } = error
  const found = candidates.length === 0 ? [] : [`New jobs: ${candidates.map(({ jobId }) => jobId).join(", ")}.`]
  return new CreateOutcomeUnknown({
    intent,
    operation,
    method,
    route,
    attempts,
    workflowId,
    projectId,
    status,
    requestId,
    reason,
    candidates,
    message: messageOfUnknown(workflowId, reason, [why, ...found])
  })
}
