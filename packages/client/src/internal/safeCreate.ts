/**
 * Creates a job without paying twice: checks the estimate against a limit, lists the jobs, has the record of the create
 * stored, sends, and searches for the job if the outcome is unknown. From the storing on, an interruption waits for the
 * outcome.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { type Candidate, CostLimitExceeded, type CreateError, CreateOutcomeUnknown } from "../CreateError.js"
import type { CreateIntent } from "../CreateIntent.js"
import type { HttpError } from "../HttpError.js"
import { JobId, type WorkflowId } from "../Ids.js"
import { Job, type JobSummary } from "../jobs/Job.js"
import type { JobsApi } from "../jobs/JobsApi.js"
import * as RetryPolicy from "../RetryPolicy.js"
import type { CostEstimate } from "../workflows/CostEstimate.js"
import type { Assignment, Listing } from "./adopt.js"
import type { Dated } from "./call.js"
import * as classify from "./classify.js"
import * as createErrors from "./createErrors.js"
import type * as Memory from "./createMemory.js"
import * as sessions from "./createSessions.js"
import * as elapsed from "./elapsed.js"
import * as Intent from "./intent.js"
import * as Raw from "./raw.js"
import type { Scrub } from "./redact.js"
import { construct } from "./unsafe.js"
import type { Listed } from "./wire.js"

/** The operations of a create. */
export interface Calls {
  readonly send: (input: JobsApi.CreateInput, intent: CreateIntent) => Effect.Effect<Job, createErrors.SendError>
  readonly list: (input: JobsApi.WorkflowRef) => Effect.Effect<Dated<Listed<JobSummary>>, HttpError>
  /** The policy of the create and of its search. */
  readonly policy: Effect.Effect<RetryPolicy.RetryPolicy>
  readonly estimate: (input: JobsApi.WorkflowRef) => Effect.Effect<CostEstimate, HttpError>
  /** Records a job created or adopted just now, which a replica may not know yet. */
  readonly record: (ref: JobsApi.JobRef, grace: Duration.Duration) => Effect.Effect<void>
  readonly scrub: Effect.Effect<Scrub>
}

/** The time by which a list or a replica may lag behind a create. Throws a `RangeError` unless it is finite. */
export const graceOf = ({ grace = "30 seconds" }: Pick<JobsApi.CreateInput, "grace">): Duration.Duration =>
  Option.getOrThrowWith(
    Option.filter(Duration.decodeUnknown(grace), Duration.isFinite),
    () => new RangeError(`The option grace is ${String(grace)}: expected a finite duration such as "30 seconds"`)
  )

const limitOf = ({ maxCost }: JobsApi.CreateInput): Option.Option<number> => {
  if (maxCost === undefined) return Option.none()
  if (typeof maxCost === "number" && maxCost >= 0) return Option.some(maxCost)
  throw new RangeError(`The option maxCost is ${String(maxCost)}: expected a number of tokens, at least 0`)
}

/** Logs a job whose id reached no caller. */
export const logOrphan =
  (scrub: Effect.Effect<Scrub>) =>
  ({ jobId, workflowId }: JobsApi.JobRef): Effect.Effect<void> =>
    Effect.flatMap(scrub, ({ id }) =>
      Effect.logWarning(
        `A create was interrupted after sending. Job ${id(jobId)} of workflow ${workflowId} exists and is billed.`
      )
    )

/** The hooks of a batch around its creates. */
export interface Hooks<E> {
  readonly key?: string | undefined
  /** Runs before the request leaves. If it fails, the request is not sent. */
  readonly keep?: ((intent: CreateIntent) => Effect.Effect<void, E>) | undefined
  /** Runs with the outcome of a create whose caller was interrupted, in addition to `onOrphan`. */
  readonly onInterrupt?: ((exit: Exit.Exit<Job, CreateError | E>) => Effect.Effect<void>) | undefined
}

/** A job, or the error with the reason why it is unknown. */
export type Resolution = Either.Either<Job, CreateOutcomeUnknown>

export interface SafeCreate {
  readonly create: <E = never>(input: JobsApi.CreateInput, hooks?: Hooks<E>) => Effect.Effect<Job, CreateError | E>
  /** Searches again for the job of one create. */
  readonly resolve: (
    target: CreateOutcomeUnknown | CreateIntent
  ) => Effect.Effect<Job, CreateOutcomeUnknown | HttpError>
  /** Searches again for the jobs of creates of one workflow, in order. A failed list leaves them unknown. */
  readonly resolveAll: (
    workflowId: WorkflowId,
    intents: ReadonlyArray<CreateIntent>,
    known: Iterable<JobId>
  ) => Effect.Effect<ReadonlyArray<Resolution>>
  /** Prevents other creates from adopting the possible jobs of these creates. */
  readonly remember: (intents: ReadonlyArray<CreateIntent>) => Effect.Effect<void>
}

export const make = (calls: Calls): SafeCreate => {
  const together = sessions.make((workflowId) => calls.list({ workflowId }), calls.policy)

  // --- the cost ---

  const affordable = (input: JobsApi.CreateInput, maxCost: number) =>
    Effect.gen(function* () {
      const { projectId, workflowId } = input
      const estimate = yield* calls.estimate({ workflowId }).pipe(
        Effect.map(({ estimatedCost }) => estimatedCost),
        Effect.catchIf(classify.isJson, () => Effect.succeedNone),
        Effect.mapError(createErrors.ofEstimate(input))
      )
      // A negative cost is no valid price.
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

  // --- the result of a search ---

  const candidateOf = ({ id, text }: Scrub, job: JobSummary): Candidate => ({
    jobId: JobId.make(id(job.id)),
    createdAt: job.createdAt,
    createdBy: Option.map(job.createdBy, text),
    status: Option.map(job.status, text)
  })

  /** The job as the list shows it. A wait for it fetches the rest. */
  const adopted = (workflowId: WorkflowId, summary: JobSummary): Effect.Effect<Job> =>
    Effect.gen(function* () {
      const { id } = yield* calls.scrub
      yield* Effect.logInfo(
        `The answer of a create was lost. Adopted its job ${id(summary.id)} of workflow ${workflowId}.`
      )
      return Raw.share(summary, construct(Job, { ...summary }))
    })

  /** The found job, or the error with the candidates. */
  const concluded = (
    error: CreateOutcomeUnknown,
    assignment: Assignment,
    intent = error.intent
  ): Effect.Effect<Job, CreateOutcomeUnknown> =>
    Effect.gen(function* () {
      if (Either.isRight(assignment)) {
        yield* calls.record({ workflowId: error.workflowId, jobId: assignment.right.id }, intent.grace)
        return yield* adopted(error.workflowId, assignment.right)
      }
      const scrub = yield* calls.scrub
      const { candidates, why } = assignment.left
      return yield* createErrors.lookedInto(
        error,
        intent,
        candidates.map((job) => candidateOf(scrub, job)),
        why
      )
    })

  // --- the create ---

  /** Makes the record of a create that is sent now. */
  const intend = (input: JobsApi.CreateInput, key: string | undefined, before: Listing | undefined) =>
    Effect.gen(function* () {
      const now = yield* elapsed.now
      const intent = Intent.make({
        key,
        now,
        workflowId: input.workflowId,
        projectId: input.projectId,
        timeout: sessions.timeoutOf(yield* calls.policy),
        grace: graceOf(input),
        baseline: Option.fromNullable(before)
      })
      return { intent, sentAt: now }
    })

  /** Sends, and ends the membership. Searches for a lost job only with a list from before. */
  const sendAndResolve = (
    input: JobsApi.CreateInput,
    member: sessions.Membership,
    { intent, sentAt }: Intended
  ): Effect.Effect<Job, createErrors.SendError> =>
    Effect.gen(function* () {
      const sent = yield* Effect.exit(calls.send(input, intent))
      if (Exit.isSuccess(sent)) {
        yield* calls.record({ workflowId: input.workflowId, jobId: sent.value.id }, intent.grace)
        yield* member.made(sent.value)
        return sent.value
      }
      const failure = Cause.failureOption(sent.cause)
      if (Option.isSome(failure) && failure.value._tag !== "CreateOutcomeUnknown") {
        yield* member.notMade
        return yield* failure.value
      }
      if (Option.isNone(intent.before)) {
        yield* member.lost
        return yield* Effect.failCause(sent.cause)
      }
      // A defect of the transport reveals even less than a lost answer.
      const error =
        Option.isSome(failure) && failure.value._tag === "CreateOutcomeUnknown"
          ? failure.value
          : createErrors.unrecorded(intent, "The transport failed with a defect.")
      // The request may have been repeated, for longer than planned.
      const lasting = Intent.lasting(intent, (yield* elapsed.now) - sentAt)
      const assignment = yield* member.unresolved({ intent: lasting, sentAt: Option.some(sentAt) })
      return yield* concluded(error, assignment, lasting)
    })

  interface Intended {
    readonly intent: CreateIntent
    readonly sentAt: number
  }

  /** Has the record stored, and sends within the rest of its time: the record limits the arrival of the request. */
  const keepAndSend = <E>(
    input: JobsApi.CreateInput,
    member: sessions.Membership,
    intended: Intended,
    keep: (intent: CreateIntent) => Effect.Effect<void, E>
  ): Effect.Effect<Job, CreateError | E> =>
    Effect.gen(function* () {
      const { intent, sentAt } = intended
      const tooLate = () => createErrors.keptTooLate(intent)
      const left = yield* Effect.disconnect(keep(intent)).pipe(
        // Other creates on the workflow wait for this one.
        Effect.timeoutFail({ duration: intent.timeout, onTimeout: tooLate }),
        Effect.zipRight(elapsed.now),
        Effect.map((now) => Duration.toMillis(intent.timeout) - (now - sentAt)),
        Effect.filterOrFail((left) => left > 0, tooLate),
        Effect.onError(() => member.notMade)
      )
      return yield* sendAndResolve(input, member, intended).pipe(RetryPolicy.withOptions({ timeout: left }))
    })

  /** Reports the outcome of a create whose caller was interrupted. */
  const reportOrphan = (input: JobsApi.CreateInput, exit: Exit.Exit<Job, unknown>) =>
    Exit.match(exit, {
      onSuccess: (job) =>
        Effect.zipRight(
          logOrphan(calls.scrub)({ workflowId: input.workflowId, jobId: job.id }),
          input.onOrphan === undefined ? Effect.void : input.onOrphan(job)
        ),
      onFailure: (cause) => {
        const error = Option.getOrUndefined(Cause.failureOption(cause))
        const log = (known: string) =>
          Effect.logWarning(`A create on workflow ${input.workflowId} was interrupted after sending. ${known}`)
        // The defect may contain a secret.
        if (error === undefined) return log("Its transport failed with a defect: a job may have been created.")
        return error instanceof CreateOutcomeUnknown ? log(error.message) : Effect.void
      }
    })

  const guarded = <E>(input: JobsApi.CreateInput, hooks: Hooks<E>): Effect.Effect<Job, CreateError | E> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const member = yield* together.join(input.workflowId, restore)
        const before = yield* input.adopt === "never"
          ? Effect.succeed(undefined)
          : restore(member.baseline).pipe(
              Effect.mapError(createErrors.ofBaseline(input)),
              Effect.onError(() => member.notMade)
            )
        const intended = yield* intend(input, hooks.key, before)
        const pending: Memory.Pending = { intent: intended.intent, sentAt: Option.some(intended.sentAt) }
        yield* member.begin(pending)
        const sending: Effect.Effect<Job, CreateError | E> =
          hooks.keep === undefined
            ? sendAndResolve(input, member, intended)
            : keepAndSend(input, member, intended, hooks.keep)
        // Fork, since a timeout stops nothing in an uninterruptible region.
        const fiber = yield* Effect.forkDaemon(Effect.interruptible(sending))
        return yield* restore(Fiber.join(fiber)).pipe(
          Effect.onInterrupt(() =>
            Effect.flatMap(Fiber.await(fiber), (exit) =>
              Effect.zipRight(
                reportOrphan(input, exit),
                hooks.onInterrupt === undefined ? Effect.void : hooks.onInterrupt(exit)
              )
            )
          )
        )
      })
    )

  const create = <E = never>(input: JobsApi.CreateInput, hooks: Hooks<E> = {}): Effect.Effect<Job, CreateError | E> =>
    Effect.suspend(() => {
      // Throw here, before any request.
      graceOf(input)
      const guardedCreate = guarded(input, hooks)
      return Option.match(limitOf(input), {
        onNone: () => guardedCreate,
        onSome: (maxCost) => Effect.zipRight(affordable(input, maxCost), guardedCreate)
      })
    })

  // --- later ---

  const nothingBefore: Assignment = Either.left({
    why: 'With adopt: "never" the client did not list the jobs before the create, so it cannot identify the new job.',
    candidates: []
  })

  const assignmentsOf = (workflowId: WorkflowId, intents: ReadonlyArray<CreateIntent>, known: Iterable<JobId>) =>
    Effect.gen(function* () {
      const comparable = intents.filter(({ before }) => Option.isSome(before))
      const { failure, assignments } =
        comparable.length === 0
          ? { failure: Option.none<HttpError>(), assignments: [] }
          : yield* together.resolve(workflowId, comparable, known)
      const of = new Map(comparable.map(({ id }, index) => [id, assignments[index]]))
      return { failure, assignments: intents.map(({ id }) => of.get(id) ?? nothingBefore) }
    })

  const errorOf = (target: CreateOutcomeUnknown | CreateIntent) =>
    target instanceof CreateOutcomeUnknown ? target : createErrors.unrecorded(target, "Its outcome was not recorded.")

  const resolve: SafeCreate["resolve"] = (target) =>
    Effect.gen(function* () {
      const error = errorOf(target)
      const { failure, assignments } = yield* assignmentsOf(error.workflowId, [error.intent], [])
      if (Option.isSome(failure)) return yield* failure.value
      return yield* concluded(error, assignments[0] ?? nothingBefore)
    })

  const resolveAll: SafeCreate["resolveAll"] = (workflowId, intents, known) =>
    Effect.gen(function* () {
      const { assignments } = yield* assignmentsOf(workflowId, intents, known)
      return yield* Effect.forEach(intents, (intent, index) =>
        Effect.either(concluded(errorOf(intent), assignments[index] ?? nothingBefore))
      )
    })

  return { create, resolve, resolveAll, remember: together.remember }
}
