/** Classifies the errors of a create: certainly nothing started, or outcome unknown. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { type Candidate, CreateNotSent, CreateOutcomeUnknown } from "../CreateError.js"
import type { CreateIntent } from "../CreateIntent.js"
import { type HttpError, PixxelRequestTimeout } from "../HttpError.js"
import type { ProjectId, WorkflowId } from "../Ids.js"
import { createJob } from "../jobs/internal/endpoints.js"
import { type Certain, certain } from "./certain.js"

/** Workflow to run and project to bill. */
interface Order {
  readonly workflowId: WorkflowId
  readonly projectId: ProjectId
}

/** An error of the create request. */
export type SendError = Certain | CreateOutcomeUnknown

/** Classifies an error of the create request: certainly nothing started, or outcome unknown. */
export const ofCreate =
  (intent: CreateIntent) =>
  (error: HttpError): SendError =>
    certain(error) ?? unknownOutcome(intent, error)

/** Classifies an error of a call before the create: an error that a create has too, or `CreateNotSent`. */
const ofPreparation =
  (subject: string) =>
  ({ projectId, workflowId }: Order) =>
  (failure: HttpError): Certain | CreateNotSent =>
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
