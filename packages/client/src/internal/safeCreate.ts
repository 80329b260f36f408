/**
 * Creates an item that costs money without paying twice: checks the estimate against a limit, lists the items, has the
 * record of the create stored, sends, and searches for the item if the outcome is unknown. From the storing on, an
 * interruption waits for the outcome.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { type Candidate, type CreateError, CreateOutcomeUnknown } from "../CreateError.js"
import type { CreateIntent } from "../CreateIntent.js"
import type { HttpError } from "../HttpError.js"
import * as RetryPolicy from "../RetryPolicy.js"
import type { Assignment, Listing } from "./adopt.js"
import type { Creatable, Entry, Options } from "./creatable.js"
import { make as errorsOf, type SendError } from "./createErrors.js"
import type * as Memory from "./createMemory.js"
import * as sessions from "./createSessions.js"
import * as elapsed from "./elapsed.js"
import { graceOf } from "./grace.js"
import * as Intent from "./intent.js"
import type { Scrub } from "./redact.js"
import * as settings from "./settings.js"
import type { Tagged } from "./tagged.js"

/** The surroundings of the creates. */
export interface Client {
  /** The policy of the create and of its search. */
  readonly policy: Effect.Effect<RetryPolicy.RetryPolicy>
  readonly scrub: Effect.Effect<Scrub>
}

const tokens = settings.atLeast(0, "a number of tokens, at least 0")

const limitOf = ({ maxCost }: Options<never>): Option.Option<number> =>
  maxCost === undefined ? Option.none() : Option.some(settings.read("option maxCost", tokens, maxCost))

/** The hooks of a batch around its creates. */
export interface Hooks<Target extends Tagged, Result, E> {
  readonly key?: string | undefined
  /** Runs before the request leaves. If it fails, the request is not sent. */
  readonly keep?: ((intent: CreateIntent) => Effect.Effect<void, E>) | undefined
  /** Runs with the outcome of a create whose caller was interrupted, in addition to `onOrphan`. */
  readonly onInterrupt?: ((exit: Exit.Exit<Result, CreateError<Target> | E>) => Effect.Effect<void>) | undefined
}

/** An item, or the error with the reason why it is unknown. */
export type Resolution<Target extends Tagged, Result> = Either.Either<Result, CreateOutcomeUnknown<Target>>

export interface SafeCreate<Input, Target extends Tagged, Result> {
  readonly create: <E = never>(
    input: Input & Options<Result>,
    hooks?: Hooks<Target, Result, E>
  ) => Effect.Effect<Result, CreateError<Target> | E>
  /** Searches again for the item of one create. */
  readonly resolve: (
    target: CreateOutcomeUnknown | CreateIntent
  ) => Effect.Effect<Result, CreateOutcomeUnknown<Target> | HttpError>
  /** Searches again for the items of creates of one list, in order. A failed list leaves them unknown. */
  readonly resolveAll: (
    target: Target,
    intents: ReadonlyArray<CreateIntent>,
    known: Iterable<string>
  ) => Effect.Effect<ReadonlyArray<Resolution<Target, Result>>>
  /** Prevents other creates from adopting the possible items of these creates. */
  readonly remember: (intents: ReadonlyArray<CreateIntent>) => Effect.Effect<void>
  /** Logs an item whose id reached no caller. */
  readonly logOrphan: (target: Target, id: string) => Effect.Effect<void>
}

export const make = <Input, Target extends Tagged, Item extends Entry, Result extends Entry>(
  kind: Creatable<Input, Target, Item, Result>,
  client: Client
): SafeCreate<Input, Target, Result> => {
  type Order = Input & Options<Result>
  type Record = CreateIntent<Target>
  type Sending = Effect.Effect<Result, SendError<Target>>

  const { noun, nouns, place } = kind.words
  const isExact = kind.mark !== undefined
  const together = sessions.make(kind, client.policy)
  const errors = errorsOf(kind)

  /** An item in a sentence. A server-made id might contain a secret. */
  const named = (target: Target, id: string) =>
    Effect.map(client.scrub, (scrub) => `${noun} ${scrub.id(id)} of ${place(target)}`)

  const logOrphan = (target: Target, id: string): Effect.Effect<void> =>
    Effect.flatMap(named(target, id), (item) =>
      Effect.logWarning(
        `A create was interrupted after sending. ${item.charAt(0).toUpperCase()}${item.slice(1)} exists and is billed.`
      )
    )

  // --- the cost ---

  const affordable = (target: Target, maxCost: number) =>
    Effect.gen(function* () {
      const estimate = yield* Effect.mapError(kind.estimate(target), errors.ofEstimate(target))
      // A negative cost is no valid price.
      if (Option.exists(estimate, (cost) => cost >= 0 && cost <= maxCost)) return
      return yield* errors.tooExpensive(target, maxCost, estimate)
    })

  // --- the result of a search ---

  const candidateOf = ({ id, text }: Scrub, item: Entry): Candidate => ({
    id: id(item.id),
    createdAt: item.createdAt,
    createdBy: Option.map(item.createdBy, text),
    status: Option.map(item.status, text)
  })

  /** The found item, or the error with the candidates. */
  const concluded = (
    error: CreateOutcomeUnknown,
    assignment: Assignment<Item>,
    intent: Record
  ): Effect.Effect<Result, CreateOutcomeUnknown<Target>> =>
    Effect.gen(function* () {
      if (Either.isRight(assignment)) {
        const made = kind.adopt(assignment.right)
        yield* kind.record(intent.target, made.id, intent.grace)
        const item = yield* named(intent.target, made.id)
        yield* Effect.logInfo(`The answer of a create was lost. Adopted its ${item}.`)
        return made
      }
      const scrub = yield* client.scrub
      const { candidates, why } = assignment.left
      return yield* errors.lookedInto(
        error,
        intent,
        candidates.map((item) => candidateOf(scrub, item)),
        why
      )
    })

  // --- the create ---

  interface Intended {
    readonly intent: Record
    readonly sentAt: number
  }

  /** Makes the record of a create that is sent now. */
  const intend = (input: Order, key: string | undefined, before: Listing<Item> | undefined) =>
    Effect.gen(function* (): Effect.fn.Return<Intended> {
      const now = yield* elapsed.now
      const intent = Intent.make({
        key,
        now,
        wall: yield* Clock.currentTimeMillis,
        target: kind.targetOf(input),
        isMarked: isExact,
        timeout: sessions.timeoutOf(yield* client.policy),
        grace: graceOf(input),
        baseline: Option.fromNullable(before)
      })
      return { intent, sentAt: now }
    })

  /** Sends, and ends the membership. Searches for a lost item only with a list from before, or by its mark. */
  const sendAndResolve = (input: Order, member: sessions.Membership<Item>, { intent, sentAt }: Intended): Sending =>
    Effect.gen(function* () {
      const sent = yield* Effect.exit(kind.send(input, intent, errors.ofCreate(intent)))
      if (Exit.isSuccess(sent)) {
        yield* kind.record(intent.target, sent.value.id, intent.grace)
        yield* member.made(sent.value)
        return sent.value
      }
      const failure = Cause.failureOption(sent.cause)
      if (Option.isSome(failure) && failure.value._tag !== "CreateOutcomeUnknown") {
        yield* member.notMade
        return yield* failure.value
      }
      if (!isComparable(intent)) {
        yield* member.lost
        return yield* Effect.failCause(sent.cause)
      }
      // A defect of the transport reveals even less than a lost answer.
      const error =
        Option.isSome(failure) && failure.value._tag === "CreateOutcomeUnknown"
          ? failure.value
          : errors.unrecorded(intent, "The transport failed with a defect.")
      // The request may have been repeated, for longer than planned.
      const lasting = Intent.lasting(intent, (yield* elapsed.now) - sentAt)
      const assignment = yield* member.unresolved({ intent: lasting, sentAt: Option.some(sentAt) })
      return yield* concluded(error, assignment, lasting)
    })

  /** Has the record stored, and sends within the rest of its time: the record limits the arrival of the request. */
  const keepAndSend = <E>(
    input: Order,
    member: sessions.Membership<Item>,
    intended: Intended,
    keep: (intent: CreateIntent) => Effect.Effect<void, E>
  ) =>
    Effect.gen(function* () {
      const { intent, sentAt } = intended
      const tooLate = () => errors.keptTooLate(intent)
      const left = yield* Effect.disconnect(keep(intent)).pipe(
        // Other creates of the list wait for this one.
        Effect.timeoutFail({ duration: intent.timeout, onTimeout: tooLate }),
        Effect.zipRight(elapsed.now),
        Effect.map((now) => Duration.toMillis(intent.timeout) - (now - sentAt)),
        Effect.filterOrFail((left) => left > 0, tooLate),
        Effect.onError(() => member.notMade)
      )
      return yield* sendAndResolve(input, member, intended).pipe(RetryPolicy.withOptions({ timeout: left }))
    })

  /** Reports the outcome of a create whose caller was interrupted. */
  const reportOrphan = (input: Order, exit: Exit.Exit<Result, unknown>) =>
    Exit.match(exit, {
      onSuccess: (made) =>
        Effect.zipRight(
          logOrphan(kind.targetOf(input), made.id),
          input.onOrphan === undefined ? Effect.void : input.onOrphan(made)
        ),
      onFailure: (cause) => {
        const error = Option.getOrUndefined(Cause.failureOption(cause))
        const log = (known: string) =>
          Effect.logWarning(`A create on ${place(kind.targetOf(input))} was interrupted after sending. ${known}`)
        // The defect may contain a secret.
        if (error === undefined) return log(`Its transport failed with a defect: a ${noun} may have been created.`)
        return error instanceof CreateOutcomeUnknown ? log(error.message) : Effect.void
      }
    })

  const guarded = <E>(input: Order, hooks: Hooks<Target, Result, E>) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const target = kind.targetOf(input)
        const member = yield* together.join(target, restore)
        const before = yield* isExact || input.adopt === "never"
          ? Effect.succeed(undefined)
          : restore(member.baseline).pipe(
              Effect.mapError(errors.ofBaseline(target)),
              Effect.onError(() => member.notMade)
            )
        const intended = yield* intend(input, hooks.key, before)
        const pending: Memory.Pending = { intent: intended.intent, sentAt: Option.some(intended.sentAt) }
        yield* member.begin(pending)
        const sending: Effect.Effect<Result, CreateError<Target> | E> =
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

  const create = <E = never>(
    input: Order,
    hooks: Hooks<Target, Result, E> = {}
  ): Effect.Effect<Result, CreateError<Target> | E> =>
    Effect.suspend(() => {
      // Throw here, before any request.
      graceOf(input)
      const guardedCreate = guarded(input, hooks)
      return Option.match(limitOf(input), {
        onNone: () => guardedCreate,
        onSome: (maxCost) => Effect.zipRight(affordable(kind.targetOf(input), maxCost), guardedCreate)
      })
    })

  // --- later ---

  /** Whether a search could identify the item of this create. */
  const isComparable = ({ before, mark }: CreateIntent) => (isExact ? Option.isSome(mark) : Option.isSome(before))

  const nothingBefore: Assignment<Item> = Either.left({
    why: `With adopt: "never" the client did not list the ${nouns} before the create, so it cannot identify the new ${noun}.`,
    candidates: []
  })

  const assignmentsOf = (target: Target, intents: ReadonlyArray<CreateIntent>, known: Iterable<string>) =>
    Effect.gen(function* () {
      const comparable = intents.filter(isComparable)
      const { failure, assignments } =
        comparable.length === 0
          ? { failure: Option.none<HttpError>(), assignments: [] }
          : yield* together.resolve(target, comparable, known)
      const of = new Map(comparable.map(({ id }, index) => [id, assignments[index]]))
      return { failure, assignments: intents.map(({ id }) => of.get(id) ?? nothingBefore) }
    })

  const isOwn = (intent: CreateIntent): intent is Record => kind.isTarget(intent.target)

  /** The record of a create of this resource. That of another is a defect. */
  const own = (intent: CreateIntent): Record => {
    if (isOwn(intent)) return intent
    throw new TypeError(`The record is of ${String(intent.target)}: expected the record of a ${noun}`)
  }

  const errorOf = (intent: Record) => errors.unrecorded(intent, "Its outcome was not recorded.")

  const resolve: SafeCreate<Input, Target, Result>["resolve"] = (given) =>
    Effect.gen(function* () {
      const intent = own(given instanceof CreateOutcomeUnknown ? given.intent : given)
      const error = given instanceof CreateOutcomeUnknown ? given : errorOf(intent)
      const { failure, assignments } = yield* assignmentsOf(intent.target, [intent], [])
      const [assignment = nothingBefore] = assignments
      if (Option.isSome(failure) && Either.isLeft(assignment)) return yield* failure.value
      return yield* concluded(error, assignment, intent)
    })

  const resolveAll: SafeCreate<Input, Target, Result>["resolveAll"] = (target, intents, known) =>
    Effect.gen(function* () {
      const { assignments } = yield* assignmentsOf(target, intents, known)
      return yield* Effect.forEach(intents.map(own), (intent, index) =>
        Effect.either(concluded(errorOf(intent), assignments[index] ?? nothingBefore, intent))
      )
    })

  const remember: SafeCreate<Input, Target, Result>["remember"] = (intents) =>
    Effect.forEach(intents.map(own), (intent) => together.remember(intent.target, intent), { discard: true })

  return { create, resolve, resolveAll, remember, logOrphan }
}
