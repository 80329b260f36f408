/** Waits and watches of one kind of resource, and the rest of a run: wait, then the package. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { HttpError } from "../HttpError.js"
import { RunIncomplete } from "../RunError.js"
import type { Outcome } from "../Status.js"
import type { Subject } from "../Subject.js"
import type { WaitTimeout } from "../WaitError.js"
import type { Options, Snapshot, WaitOptions } from "../Waiter.js"
import { inTime } from "./alarm.js"
import type { Dated } from "./call.js"
import type { Connection } from "./connection.js"
import * as elapsed from "./elapsed.js"
import { type Follower, type Limit, limitOf, makeFollower, until } from "./following.js"
import { graceOf } from "./grace.js"
import * as packages from "./packages.js"
import * as poller from "./poller.js"
import * as redact from "./redact.js"
import * as span from "./span.js"
import { atStart, idsOf, keyOf, kindOf, scrubbed } from "./subject.js"
import * as waiter from "./waiter.js"

/** A failed item, as its error names it. */
export interface Ended<S extends Subject> {
  readonly subject: S
  readonly status: string
  /** The begin of its message. */
  readonly what: string
}

export interface Waitable<R, S extends Subject, Item extends Snapshot & { readonly outcome: Outcome }, E> {
  /** The span of a wait. */
  readonly name: string
  readonly subjectOf: (ref: R) => S
  readonly get: (ref: R) => Effect.Effect<Dated<Item>, HttpError>
  /** A list that serves many waits. Without one, each wait polls by itself. */
  readonly shared?: poller.Shared<R>
  /** The fields whose changes a watch reports. Default: the status and the progress. */
  readonly appearance?: (item: Item) => string
  /** The number of lists in a row without an item that end its wait, for an item that lists alone show. Default: 1. */
  readonly absences?: number
  /** Polls until the end, in a wait without a timeout. Default: the wait has one of 24 hours. */
  readonly untilEnd?: typeof until<Item, S>
  /** The words after the name of a created item. Default: `exists`. */
  readonly exists?: "exists and is billed"
  /** The error of a failed item. `ended` is already scrubbed. */
  readonly failed: (ended: Ended<S>, item: Item, scrub: redact.Scrub) => E
}

/** The options of a wait for an item that may be very young. */
export type YoungOptions<Item> = WaitOptions<Item> & { readonly grace?: Duration.DurationInput | undefined }

const isHttpError = (error: unknown): error is HttpError => HttpError.members.some((member) => error instanceof member)

const progressOf = ({ progress, status }: Snapshot) => JSON.stringify([status, progress])

/** The time for `onChange` after a poll beyond the deadline, which follows a late timer. */
const longestNotification = Duration.toMillis("1 minute")

export const make = <R, S extends Subject, Item extends Snapshot & { readonly outcome: Outcome }, E>(
  http: Connection,
  { absences, appearance = progressOf, exists, failed, get, name, shared, subjectOf, untilEnd }: Waitable<R, S, Item, E>
) =>
  Effect.gen(function* () {
    const { recent } = http
    const scrub = redact.now(http.auth)
    const keyOfRef = (ref: R) => keyOf(subjectOf(ref))

    /** The subject as errors name it. */
    const named = (ref: R) => Effect.map(scrub, (it) => scrubbed(subjectOf(ref), it))

    /** Records that an item was created `before` milliseconds ago. */
    const record = (ref: R, grace = graceOf({}), before = 0) =>
      Effect.map(elapsed.now, (now) => recent.created(keyOfRef(ref), now + Duration.toMillis(grace) - before, now))

    /** Records an item that another process created, perhaps a moment ago. */
    const recall = (ref: R, { createdAt, ...options }: YoungOptions<Item>) =>
      createdAt === undefined
        ? Effect.void
        : Effect.flatMap(DateTime.now, (now) =>
            record(ref, graceOf(options), Math.max(0, DateTime.distance(createdAt, now)))
          )

    /** Gets an item, and records that it was shown. */
    const look = (ref: R) =>
      Effect.map(get(ref), (answer) => {
        recent.saw(() => [keyOfRef(ref)])
        return answer
      })
    const mayBeUnknown = (ref: R, now: number) => recent.mayBeUnknown(keyOfRef(ref), now)
    const join = shared === undefined ? undefined : yield* poller.make({ ...shared, get: look, mayBeUnknown })

    /** Follows an item: only for its end, or (`detailed`) for what no list shows too. */
    const following = (ref: R, options: Options, detailed: boolean, deadline: number) =>
      Effect.suspend((): Effect.Effect<Follower<Item>, never, Scope.Scope> => {
        const own = { ...waiter.adjust(http.waiter, options), absences }
        return own.coalesce && join !== undefined
          ? join(ref, own, detailed, deadline)
          : makeFollower(own, { look: look(ref), mayBeUnknown: (now) => mayBeUnknown(ref, now) }, deadline)
      })

    const watch = (input: R & Options): Stream.Stream<Item, HttpError> =>
      Stream.unwrapScoped(
        Effect.map(following(input, input, true, Infinity), ({ next }) =>
          Stream.repeatEffectOption(
            Effect.flatMap(Effect.mapError(next, Option.some), Effect.mapError(Option.none<HttpError>))
          )
        )
      ).pipe(
        Stream.takeUntil(({ outcome }) => outcome !== "pending"),
        Stream.changesWith((before, after) => appearance(before) === appearance(after))
      )

    /** Logs the begin and the interruption of a wait. */
    const logged = <A, E2>(subject: S, what: string, self: Effect.Effect<A, E2>) => {
      const which = [what, ...idsOf(subject).slice().reverse()].join(" of ")
      return Effect.logDebug(`Waiting for ${which}.`).pipe(
        Effect.zipRight(self),
        Effect.onInterrupt(() =>
          Effect.logInfo(`No longer waiting for ${which}: interrupted. The ${kindOf(subject)} continues.`)
        )
      )
    }

    /** Passes each polled item with another appearance to `onChange`, under the same deadline. */
    const notifying = (
      { next, seen }: Follower<Item>,
      onChange: (item: Item) => Effect.Effect<void>,
      deadline: number,
      created?: Item
    ): Follower<Item> => {
      let last = created && appearance(created)
      return {
        next: Effect.gen(function* () {
          const answer = yield* next
          if (Option.isNone(answer)) return answer
          const before = last
          last = appearance(answer.value)
          if (before === last) return answer
          const left = elapsed.left(deadline, yield* elapsed.now)
          const done = yield* inTime(onChange(answer.value), left > 0 ? left : longestNotification)
          // After a late timer, the polled item still counts.
          return Option.isSome(done) || elapsed.isLate(deadline, yield* elapsed.now) ? answer : Option.none()
        }),
        seen
      }
    }

    const waitFor = (
      ref: R,
      options: YoungOptions<Item>,
      { deadline, timeout }: Limit,
      created?: Item,
      follow: typeof until<Item, S> = until
    ): Effect.Effect<Item, HttpError | WaitTimeout<S> | E> =>
      Effect.gen(function* () {
        yield* recall(ref, options)
        const { onChange } = options
        const follower = yield* following(ref, options, onChange !== undefined, deadline)
        const subject = yield* named(ref)
        const own = onChange === undefined ? follower : notifying(follower, onChange, deadline, created)
        const target = { subject, waitingFor: "end", timeout, scrub } as const
        const item = yield* logged(
          subject,
          "the end",
          follow(own, ({ outcome }) => outcome !== "pending", target)
        )
        if (item.outcome !== "failed") return item
        const scrubs = yield* scrub
        const status = Option.match(item.status, { onNone: () => "", onSome: scrubs.text })
        return yield* Effect.fail(
          failed({ subject, status, what: `${atStart(subject)} ended as ${status}` }, item, scrubs)
        )
      }).pipe(Effect.scoped)

    /** Wraps errors after the create, so that no error suggests a second run. */
    const incomplete = (ref: R, phase: RunIncomplete["phase"]) => (failure: HttpError) =>
      Effect.flatMap(named(ref), (subject) =>
        Effect.fail(
          new RunIncomplete<S>({
            subject,
            phase,
            failure,
            message: `${atStart(subject)} ${exists ?? "exists"}, but could not be followed: ${failure.message} Do not run again. Continue with ${phase} and ${idsOf(subject).join(", ")}.`
          })
        )
      )

    /** Completes a create: waits for the end. Returns the time of the wait too. */
    const follow = (ref: R, options: YoungOptions<Item>, created?: Item) =>
      Effect.gen(function* () {
        if (created !== undefined) yield* options.onChange?.(created) ?? Effect.void
        const limit = yield* limitOf(options.timeout)
        const item = yield* waitFor(ref, options, limit, created).pipe(
          Effect.catchIf(isHttpError, incomplete(ref, "wait"))
        )
        return { item, limit }
      })

    return {
      record,
      get: (ref: R) => Effect.map(look(ref), ({ value }) => value),
      watch,
      wait: (input: R & YoungOptions<Item>) => {
        const own = input.timeout === undefined ? untilEnd : undefined
        return Effect.flatMap(limitOf(input.timeout ?? (own && Infinity)), (limit) =>
          waitFor(input, input, limit, undefined, own)
        ).pipe(span.within(name))
      },
      /** Dies of invalid options. Before a create: after it, the item would be paid. */
      check: (options: YoungOptions<Item>): Effect.Effect<void> =>
        Effect.map(limitOf(options.timeout), () => void waiter.adjust(http.waiter, options)),
      follow,
      /** Completes a run: waits, and polls the package until it is ready, under one deadline. */
      complete: <P extends packages.PackageState>(
        ref: R,
        source: packages.Source<S, P>,
        options: YoungOptions<Item>,
        created?: Item
      ) =>
        Effect.gen(function* () {
          const { item, limit } = yield* follow(ref, options, created)
          const subject = yield* named(ref)
          const asking = { http, source, ...limit, waiter: waiter.adjust(http.waiter, options) }
          const { ready } = yield* logged(subject, "the download package", packages.whenReady(asking)).pipe(
            Effect.catchIf(isHttpError, incomplete(ref, "download"))
          )
          return { item, ready }
        })
    }
  })
