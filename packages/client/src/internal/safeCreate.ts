/**
 * Creates an item that costs money without paying twice: checks the estimate against a limit, lists the items, has the
 * record of the create stored, sends, and searches for the item if the outcome is unknown. From the storing on, an
 * interruption waits for the outcome.
 */
import { zip } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { capitalize } from "effect/String"
import { type CreateError, CreateOutcomeUnknown } from "../CreateError.js"
import type { CreateIntent } from "../CreateIntent.js"
import type { HttpError } from "../HttpError.js"
import * as RetryPolicy from "../RetryPolicy.js"
import type { Assignment } from "./adopt.js"
import type { Connection } from "./connection.js"
import type { Creatable, Entry, Options, OwnError } from "./creatable.js"
import { candidateOf, make as errorsOf } from "./createErrors.js"
import * as sessions from "./createSessions.js"
import * as elapsed from "./elapsed.js"
import { graceOf } from "./grace.js"
import * as Intent from "./intent.js"
import * as orphan from "./orphan.js"
import * as policies from "./policy.js"
import * as redact from "./redact.js"
import * as settings from "./settings.js"
import type { Tagged } from "./tagged.js"

const tokens = settings.atLeast(0, "a number of tokens, at least 0")

/** The hooks of a batch around its creates. */
export interface Hooks<Result, E, Failure> {
  readonly key?: string | undefined
  /** Runs before the request leaves. If it fails, the request is not sent. */
  readonly keep?: ((intent: CreateIntent) => Effect.Effect<void, E>) | undefined
  /** Runs with the outcome of a create whose caller was interrupted, in addition to `onOrphan`. */
  readonly onInterrupt?: ((exit: Exit.Exit<Result, Failure | E>) => Effect.Effect<void>) | undefined
}

/** `record` records an item created or adopted just now, which a replica may not know yet. */
export const make = <
  Input,
  Target extends Tagged,
  Item extends Entry,
  Result extends Entry,
  Own extends OwnError = never
>(
  kind: Creatable<Input, Target, Item, Result, Own>,
  http: Connection,
  record: (target: Target, id: Result["id"], grace: Duration.Duration) => Effect.Effect<void> = () => Effect.void
) => {
  type Order = Input & Options<Result>
  type Record = CreateIntent<Target>
  type Failure = CreateError<Target> | Own

  /** A create that is sent now. */
  interface Outgoing {
    readonly input: Order
    readonly member: sessions.Membership<Item>
    readonly intent: Record
    readonly sentAt: number
  }

  const { noun, nouns, place } = kind.words
  const isExact = kind.mark !== undefined
  /** The policy of the create and of its search. */
  const policy = policies.inForce(http.retry)
  const scrub = redact.now(http.auth)
  const together = sessions.make(kind, policy)
  const errors = errorsOf(kind)

  /** An item in a sentence. A server-made id might contain a secret. */
  const named = (target: Target, id: string) => Effect.map(scrub, (it) => `${noun} ${it.id(id)} of ${place(target)}`)

  /** Logs an item whose id reached no caller. */
  const logOrphan = (target: Target, id: string): Effect.Effect<void> =>
    Effect.flatMap(named(target, id), (item) => orphan.log("A create", `${capitalize(item)} exists and is billed.`))

  const affordable = (input: Input, maxCost: number) =>
    Effect.gen(function* () {
      const target = kind.targetOf(input)
      const estimate = yield* kind.estimate(input, errors.ofPreparation("estimate", target))
      // A negative cost is no valid price.
      if (Option.exists(estimate, (cost) => cost >= 0 && cost <= maxCost)) return
      return yield* errors.tooExpensive(target, maxCost, estimate)
    })

  /** The found item, or the error with the candidates. */
  const concluded = (error: CreateOutcomeUnknown, assignment: Assignment<Item>, intent: Record) =>
    Effect.gen(function* () {
      if (Either.isRight(assignment)) {
        const made = yield* kind.adopt(assignment.right)
        yield* record(intent.target, made.id, intent.grace)
        const item = yield* named(intent.target, made.id)
        yield* Effect.logInfo(`The answer of a create was lost. Adopted its ${item}.`)
        return made
      }
      const candidates = assignment.left.candidates.map(candidateOf(yield* scrub))
      return yield* errors.lookedInto(error, intent, candidates, assignment.left.why)
    })

  // --- the create ---

  /** Sends, and ends the membership. Searches for a lost item only with a list from before, or by its mark. */
  const sendAndResolve = ({ input, intent, member, sentAt }: Outgoing) =>
    Effect.gen(function* () {
      const sent = yield* Effect.exit(kind.send(input, intent, errors.ofCreate(intent)))
      if (Exit.isSuccess(sent)) {
        yield* record(intent.target, sent.value.id, intent.grace)
        yield* member.made(sent.value)
        return sent.value
      }
      const failure = Option.getOrUndefined(Cause.failureOption(sent.cause))
      if (failure !== undefined && !(failure instanceof CreateOutcomeUnknown)) {
        yield* member.notMade
        return yield* sent
      }
      if (!isComparable(intent)) {
        yield* member.lost
        return yield* sent
      }
      // The request may have been repeated, for longer than planned.
      const lasting = Intent.lasting(intent, (yield* elapsed.now) - sentAt)
      const assignment = yield* member.unresolved({ intent: lasting, sentAt: Option.some(sentAt) })
      // A defect of the transport reveals even less than a lost answer.
      const error = failure ?? errors.unrecorded(intent, "The transport failed with a defect.")
      return yield* concluded(error, assignment, lasting)
    })

  /** Has the record stored, and sends within the rest of its time: the record limits the arrival of the request. */
  const keepAndSend = <E>(outgoing: Outgoing, keep: (intent: CreateIntent) => Effect.Effect<void, E>) =>
    Effect.gen(function* () {
      const { intent, member, sentAt } = outgoing
      const tooLate = () => errors.keptTooLate(intent)
      const timeout = yield* Effect.disconnect(keep(intent)).pipe(
        // Other creates of the list wait for this one.
        Effect.timeoutFail({ duration: intent.timeout, onTimeout: tooLate }),
        Effect.zipRight(elapsed.now),
        Effect.map((now) => Duration.toMillis(intent.timeout) - (now - sentAt)),
        Effect.filterOrFail((left) => left > 0, tooLate),
        Effect.onError(() => member.notMade)
      )
      return yield* RetryPolicy.withOptions(sendAndResolve(outgoing), { timeout })
    })

  /** Reports the outcome of a create whose caller was interrupted. */
  const reportOrphan = (input: Order, target: Target) =>
    orphan.reporting(
      `A create on ${place(target)}`,
      `a ${noun} may have been created`,
      [CreateOutcomeUnknown],
      (made: Result) => Effect.zipRight(logOrphan(target, made.id), input.onOrphan?.(made) ?? Effect.void)
    )

  const guarded = <E>(input: Order, { keep, key, onInterrupt }: Hooks<Result, E, Failure>) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const target = kind.targetOf(input)
        const member = yield* together.join(target, restore)
        const baseline =
          isExact || input.adopt === "never"
            ? Option.none()
            : yield* restore(Effect.asSome(member.baseline)).pipe(
                Effect.mapError(errors.ofPreparation(nouns, target)),
                Effect.onError(() => member.notMade)
              )
        const sentAt = yield* elapsed.now
        const isMarked = isExact && input.adopt !== "never"
        const grace = graceOf(input)
        const intent = yield* Intent.sent(http, { key, now: sentAt, target, isMarked, grace, baseline })
        yield* member.begin({ intent, sentAt: Option.some(sentAt) })
        const outgoing = { input, member, intent, sentAt }
        const sending: Effect.Effect<Result, Failure | E> =
          keep === undefined ? sendAndResolve(outgoing) : keepAndSend(outgoing, keep)
        const report = (exit: Exit.Exit<Result, Failure | E>) =>
          Effect.zipRight(reportOrphan(input, target)(exit), onInterrupt?.(exit) ?? Effect.void)
        return yield* orphan.answered(sending, report, restore)
      })
    )

  const create = <E = never>(input: Order, hooks: Hooks<Result, E, Failure> = {}): Effect.Effect<Result, Failure | E> =>
    Effect.gen(function* () {
      // Throw here, before any request.
      graceOf(input)
      if (input.maxCost !== undefined) {
        yield* affordable(input, settings.read("option maxCost", tokens, input.maxCost))
      }
      return yield* guarded(input, hooks)
    })

  // --- later ---

  /** Whether a search could identify the item of this create. */
  const isComparable = ({ before, mark }: CreateIntent) => Option.isSome<unknown>(isExact ? mark : before)

  const nothingBefore: Assignment<Item> = Either.left({
    why: isExact
      ? `With adopt: "never" the request carried no mark, so the client cannot identify the new ${noun}.`
      : `With adopt: "never" the client did not list the ${nouns} before the create, so it cannot identify the new ${noun}.`,
    candidates: []
  })

  /** The record of a create of this resource. That of another is a defect. */
  const own = (intent: CreateIntent): Record => {
    const isOwn = (it: CreateIntent): it is Record => kind.isTarget(it.target)
    if (isOwn(intent)) return intent
    throw new TypeError(`The record is of ${String(intent.target)}: expected the record of a ${noun}`)
  }

  /** Searches again for the items of creates of one list, by their records. */
  const assigned = (intents: ReadonlyArray<Record>, known: Iterable<string>) =>
    Effect.gen(function* () {
      const comparable = intents.filter(isComparable)
      const [first] = comparable
      if (first === undefined) return { assignments: new Map<Record, Assignment<Item>>(), failure: Option.none() }
      const { assignments, failure } = yield* together.resolve(first.target, comparable, known)
      return { assignments: new Map(zip(comparable, assignments)), failure }
    })

  const errorOf = (intent: Record) => errors.unrecorded(intent, "Its outcome was not recorded.")

  return {
    create,
    /** The key of the list that shows the item of an input. */
    groupOf: (input: Input): string => kind.groupOf(kind.targetOf(input)),
    logOrphan: (input: Input, id: string): Effect.Effect<void> => logOrphan(kind.targetOf(input), id),
    /** Searches again for the item of one create. */
    resolve: (
      given: CreateOutcomeUnknown | CreateIntent
    ): Effect.Effect<Result, CreateOutcomeUnknown<Target> | HttpError> =>
      Effect.gen(function* () {
        const intent = own(given instanceof CreateOutcomeUnknown ? given.intent : given)
        const error = given instanceof CreateOutcomeUnknown ? given : errorOf(intent)
        const { assignments, failure } = yield* assigned([intent], [])
        const assignment = assignments.get(intent) ?? nothingBefore
        if (Option.isSome(failure) && Either.isLeft(assignment)) return yield* failure.value
        return yield* concluded(error, assignment, intent)
      }),
    /** Searches again for the items of creates of one list, by their records. A failed list leaves them unknown. */
    resolveAll: (intents: ReadonlyArray<CreateIntent>, known: Iterable<string>) =>
      Effect.gen(function* () {
        const records = intents.map(own)
        const { assignments } = yield* assigned(records, known)
        const resolutions = yield* Effect.forEach(records, (intent) =>
          Effect.either(concluded(errorOf(intent), assignments.get(intent) ?? nothingBefore, intent))
        )
        return new Map(zip(intents, resolutions))
      }),
    /** Prevents other creates from adopting the possible items of these creates. */
    remember: (intents: ReadonlyArray<CreateIntent>): Effect.Effect<void> =>
      Effect.forEach(intents.map(own), (intent) => together.remember(intent.target, intent), { discard: true })
  }
}
