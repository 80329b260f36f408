/**
 * A create that is not paid twice: asks what it costs if there is a limit, lists what is there, sends, and looks for
 * the job when nobody knows whether there is one. What has been sent is seen through to its end, whoever is
 * interrupted.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { JobId } from "../Ids.js"
import { Job, type JobSummary } from "../Job.js"
import type { JobsApi } from "../JobsApi.js"
import { type Candidate, CostLimitExceeded, type CreateError, type HttpError } from "../PixxelError.js"
import type { RetryPolicy } from "../RetryPolicy.js"
import type { CostEstimate } from "../Workflow.js"
import type { Listing } from "./adopt.js"
import type { Dated } from "./call.js"
import * as classify from "./classify.js"
import * as episodes from "./episodes.js"
import * as Raw from "./raw.js"
import type { Scrub } from "./redact.js"

/** What it is made of. */
export interface Calls {
  readonly send: (input: JobsApi.CreateInput) => Effect.Effect<Job, classify.SendError>
  readonly list: (input: JobsApi.WorkflowRef) => Effect.Effect<Dated<ReadonlyArray<JobSummary>>, HttpError>
  /** By which a search goes on. */
  readonly policy: Effect.Effect<RetryPolicy>
  readonly estimate: (input: JobsApi.WorkflowRef) => Effect.Effect<CostEstimate, HttpError>
  readonly scrub: Effect.Effect<Scrub>
}

const graceOf = ({ grace = "30 seconds" }: JobsApi.CreateInput): Duration.Duration =>
  Option.getOrThrowWith(
    Option.filter(Duration.decodeUnknown(grace), Duration.isFinite),
    () => new RangeError(`The option grace is ${String(grace)}: expected a finite duration such as "30 seconds"`)
  )

const limitOf = ({ maxCost }: JobsApi.CreateInput): Option.Option<number> => {
  if (maxCost === undefined) return Option.none()
  if (typeof maxCost === "number" && maxCost >= 0) return Option.some(maxCost)
  throw new RangeError(`The option maxCost is ${String(maxCost)}: expected a number of tokens from 0 on`)
}

/** Says in the log that a job exists whose id nobody was told. */
export const logOrphan =
  (scrub: Effect.Effect<Scrub>) =>
  ({ jobId, workflowId }: JobsApi.JobRef): Effect.Effect<void> =>
    Effect.flatMap(scrub, ({ id }) =>
      Effect.logWarning(
        `A create was interrupted on its way: job ${id(jobId)} of workflow ${workflowId} exists, and is paid.`
      )
    )

/**
 * The create. `told` is told what became of it after its caller had gone, beside `onOrphan`.
 */
export const make = (
  calls: Calls
): ((
  input: JobsApi.CreateInput,
  told?: (exit: Exit.Exit<Job, CreateError>) => Effect.Effect<void>
) => Effect.Effect<Job, CreateError>) => {
  const together = episodes.make((workflowId) => calls.list({ workflowId }), calls.policy)

  // --- the cost ---

  const affordable = (input: JobsApi.CreateInput, maxCost: number) =>
    Effect.gen(function* () {
      const { projectId, workflowId } = input
      const estimate = yield* calls.estimate({ workflowId }).pipe(
        Effect.map(({ estimatedCost }) => estimatedCost),
        Effect.catchIf(classify.isJson, () => Effect.succeedNone),
        Effect.mapError(classify.ofEstimate(input))
      )
      // A negative cost is no price.
      if (Option.exists(estimate, (cost) => cost >= 0 && cost <= maxCost)) return
      const what = Option.match(estimate, {
        onNone: () => "its estimate has no readable cost",
        onSome: (cost) => `it is estimated to cost ${cost} tokens, and the limit is ${maxCost}`
      })
      return yield* new CostLimitExceeded({
        workflowId,
        projectId,
        maxCost,
        estimate,
        message: `No job of workflow ${workflowId} was started: ${what}.`
      })
    })

  // --- what was found ---

  const candidateOf = ({ id, text }: Scrub, job: JobSummary): Candidate => ({
    jobId: JobId.make(id(job.id)),
    createdAt: job.createdAt,
    createdBy: Option.map(job.createdBy, text),
    status: Option.map(job.status, text)
  })

  /** The job as the list shows it, which was made this moment: who waits for it gets it soon enough. */
  const adopted = ({ workflowId }: JobsApi.CreateInput, summary: JobSummary): Effect.Effect<Job> =>
    Effect.gen(function* () {
      const { id } = yield* calls.scrub
      yield* Effect.logInfo(
        `The answer of a create was lost. Job ${id(summary.id)} of workflow ${workflowId} is the one it made.`
      )
      const job = new Job({ ...summary }, true)
      return Option.match(Raw.of(summary), { onNone: () => job, onSome: (json) => Raw.keep(job, json) })
    })

  // --- the create ---

  /** Sends, and ends the membership. Without the list of what was there before, nothing is looked for. */
  const sendAndResolve = (
    input: JobsApi.CreateInput,
    member: episodes.Membership,
    before: Listing | undefined
  ): Effect.Effect<Job, classify.SendError> =>
    Effect.gen(function* () {
      const sent = yield* Effect.exit(calls.send(input))
      if (Exit.isSuccess(sent)) {
        yield* member.made(sent.value)
        return sent.value
      }
      const error = Option.getOrUndefined(Cause.failureOption(sent.cause))
      if (error !== undefined && error._tag !== "CreateOutcomeUnknown") {
        yield* member.notMade
        return yield* error
      }
      // A defect of the transport says even less than a lost answer.
      if (error === undefined || before === undefined) {
        yield* member.lost
        return yield* Effect.failCause(sent.cause)
      }
      const finding = yield* member.unresolved(before, graceOf(input))
      if (Either.isRight(finding)) return yield* adopted(input, finding.right)
      const scrub = yield* calls.scrub
      const { candidates, why } = finding.left
      return yield* classify.lookedInto(
        error,
        candidates.map((job) => candidateOf(scrub, job)),
        why
      )
    })

  /** What became of a create whose caller has gone. */
  const tellOrphan = (input: JobsApi.CreateInput, exit: Exit.Exit<Job, CreateError>) =>
    Exit.match(exit, {
      onSuccess: (job) =>
        Effect.zipRight(
          logOrphan(calls.scrub)({ workflowId: input.workflowId, jobId: job.id }),
          input.onOrphan === undefined ? Effect.void : input.onOrphan(job)
        ),
      onFailure: (cause) => {
        const error = Option.getOrUndefined(Cause.failureOption(cause))
        // What it died of may hold anything.
        const known = error === undefined ? "Its transport died: a job may have been created." : error.message
        return error === undefined || error._tag === "CreateOutcomeUnknown"
          ? Effect.logWarning(`A create on workflow ${input.workflowId} was interrupted on its way. ${known}`)
          : Effect.void
      }
    })

  const guarded = (
    input: JobsApi.CreateInput,
    told: (exit: Exit.Exit<Job, CreateError>) => Effect.Effect<void>
  ): Effect.Effect<Job, CreateError> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const member = yield* together.join(input, restore)
        const before = yield* input.adopt === "never"
          ? Effect.succeed(undefined)
          : restore(member.baseline).pipe(
              Effect.mapError(classify.ofBaseline(input)),
              Effect.onError(() => member.notMade)
            )
        // A fiber of its own, since a timeout stops nothing in a region that cannot be interrupted.
        const fiber = yield* Effect.forkDaemon(Effect.interruptible(sendAndResolve(input, member, before)))
        return yield* restore(Fiber.join(fiber)).pipe(
          Effect.onInterrupt(() =>
            Effect.flatMap(Fiber.await(fiber), (exit) => Effect.zipRight(tellOrphan(input, exit), told(exit)))
          )
        )
      })
    )

  return (input, told = () => Effect.void) =>
    Effect.suspend(() => {
      // Checked here, where nothing is lost yet.
      graceOf(input)
      const create = guarded(input, told)
      return Option.match(limitOf(input), {
        onNone: () => create,
        onSome: (maxCost) => Effect.zipRight(affordable(input, maxCost), create)
      })
    })
}
