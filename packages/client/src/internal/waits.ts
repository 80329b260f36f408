/** Waits and watches of one kind of resource, and the rest of a run: wait, then the package. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { DownloadError } from "../DownloadError.js"
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
import { adviceOf, type Follower, makeFollower, until, type WaitTarget } from "./following.js"
import { graceOf } from "./grace.js"
import * as packages from "./packages.js"
import * as poller from "./poller.js"
import * as redact from "./redact.js"
import { atStart, idsOf, keyOf, kindOf, scrubbed } from "./subject.js"
import * as waiter from "./waiter.js"

/** A kind of resource to wait for. */
export interface Waitable<R, S extends Subject, Item extends Snapshot & { readonly outcome: Outcome }, E> {
  readonly subjectOf: (ref: R) => S
  readonly get: (ref: R) => Effect.Effect<Dated<Item>, HttpError>
  /** A list that serves many waits. Without one, each wait polls by itself. */
  readonly shared?: poller.Shared<R>
  /** The fields whose changes a watch reports. */
  readonly appearance: (item: Item) => string
  /** The error of a failed item. `subject` is already scrubbed. */
  readonly failed: (subject: S, item: Item, scrub: redact.Scrub) => E
  /** The resource's own pace, between the settings of the client and those of a call. */
  readonly pace?: Options
  /** The default total deadline of a wait. */
  readonly timeout: Duration.DurationInput
}

/** The options of a wait for an item that may be very young. */
export type YoungOptions<Item> = WaitOptions<Item> & { readonly grace?: Duration.DurationInput | undefined }

/** Receives each polled item. */
export type Notify<Item> = (item: Item) => Effect.Effect<void>

export interface Waits<R, S extends Subject, Item, E> {
  /** Records that an item was created `before` milliseconds ago. */
  readonly record: (ref: R, grace: Duration.Duration, before?: number) => Effect.Effect<void>
  /** Gets an item, and records that it was shown. */
  readonly look: (ref: R) => Effect.Effect<Dated<Item>, HttpError>
  readonly watch: (ref: R, options: Options) => Stream.Stream<Item, HttpError>
  readonly wait: (ref: R, options: YoungOptions<Item>) => Effect.Effect<Item, HttpError | WaitTimeout<S> | E>
  /** Makes the notifier of one wait or run: it skips items whose appearance is unchanged. */
  readonly notifier: (options: WaitOptions<Item>) => Effect.Effect<Notify<Item>>
  /** Completes a run: waits, and polls the package until it is ready, under one deadline. */
  readonly complete: <P extends packages.PackageState>(
    ref: R,
    source: packages.Source<S, P>,
    options: YoungOptions<Item>,
    notify: Notify<Item>
  ) => Effect.Effect<
    { readonly item: Item; readonly ready: P },
    E | WaitTimeout<S> | DownloadError<S> | RunIncomplete<S>
  >
}

const isHttpError = (error: unknown): error is HttpError => HttpError.members.some((member) => error instanceof member)

/** The time for `onChange` after a poll beyond the deadline, which follows a late timer. */
const longestNotification = Duration.toMillis("1 minute")

export const make = <R, S extends Subject, Item extends Snapshot & { readonly outcome: Outcome }, E>(
  http: Connection,
  { appearance, failed, get, pace = {}, shared, subjectOf, timeout }: Waitable<R, S, Item, E>
): Effect.Effect<Waits<R, S, Item, E>> =>
  Effect.gen(function* () {
    const { recent } = http
    const scrub = redact.now(http.auth)
    const settings = waiter.adjust(http.waiter, pace)
    const keyOfRef = (ref: R) => keyOf(subjectOf(ref))

    /** The subject as errors name it. */
    const named = (ref: R) => Effect.map(scrub, (it) => scrubbed(subjectOf(ref), it))

    const timeoutOf = (options: WaitOptions<Item>) => Duration.decode(options.timeout ?? timeout)

    /** The total deadline of a wait that starts now. */
    const deadlineOf = (options: WaitOptions<Item>) =>
      Effect.map(elapsed.now, (now) => now + Duration.toMillis(timeoutOf(options)))

    const record: Waits<R, S, Item, E>["record"] = (ref, grace, before = 0) =>
      Effect.map(elapsed.now, (now) => recent.created(keyOfRef(ref), now + Duration.toMillis(grace) - before, now))

    /** Records an item that another process created, perhaps a moment ago. */
    const recall = (ref: R, { createdAt, ...options }: YoungOptions<Item>) =>
      createdAt === undefined
        ? Effect.void
        : Effect.flatMap(DateTime.now, (now) =>
            record(ref, graceOf(options), Math.max(0, DateTime.distance(createdAt, now)))
          )

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
        const own = waiter.adjust(settings, options)
        return own.coalesce && join !== undefined
          ? join(ref, own, detailed, deadline)
          : makeFollower(own, { look: look(ref), mayBeUnknown: (now) => mayBeUnknown(ref, now) }, deadline)
      })

    const watch: Waits<R, S, Item, E>["watch"] = (ref, options) =>
      Stream.unwrapScoped(
        Effect.map(following(ref, options, true, Number.POSITIVE_INFINITY), ({ next }) =>
          Stream.repeatEffectOption(
            Effect.flatMap(Effect.mapError(next, Option.some), Effect.mapError(Option.none<HttpError>))
          )
        )
      ).pipe(
        Stream.takeUntil(({ outcome }) => outcome !== "pending"),
        Stream.changesWith((before, after) => appearance(before) === appearance(after))
      )

    const follow = <A extends Snapshot>(
      subject: S,
      waitingFor: WaitTimeout["waitingFor"],
      options: WaitOptions<Item>,
      follower: Effect.Effect<Follower<A>, HttpError, Scope.Scope>,
      isOver: (answer: A) => boolean
    ): Effect.Effect<A, HttpError | WaitTimeout<S>> =>
      Effect.gen(function* () {
        const what = waitingFor === "end" ? "the end" : "the download package"
        const which = [what, ...idsOf(subject).slice().reverse()].join(" of ")
        yield* Effect.logDebug(`Waiting for ${which}.`)
        const target: WaitTarget<S> = {
          subject,
          waitingFor,
          timeout: timeoutOf(options),
          scrub,
          advice: adviceOf(subject)
        }
        return yield* until(yield* follower, isOver, target).pipe(
          Effect.onInterrupt(() =>
            Effect.logInfo(`No longer waiting for ${which}: interrupted. The ${kindOf(subject)} continues.`)
          )
        )
      }).pipe(Effect.scoped)

    /** Passes each polled item to `notify`, under the same deadline. */
    const notifying =
      (notify: Notify<Item>, deadline: number) =>
      ({ next, seen }: Follower<Item>): Follower<Item> => ({
        next: Effect.gen(function* () {
          const answer = yield* next
          if (Option.isNone(answer)) return answer
          const left = elapsed.left(deadline, yield* elapsed.now)
          const done = yield* inTime(notify(answer.value), left > 0 ? left : longestNotification)
          // After a late timer, the polled item still counts.
          return Option.isSome(done) || elapsed.isLate(deadline, yield* elapsed.now) ? answer : Option.none()
        }),
        seen
      })

    const notifier: Waits<R, S, Item, E>["notifier"] = ({ onChange }) =>
      Effect.map(Ref.make(""), (last) => (item) => {
        if (onChange === undefined) return Effect.void
        const now = appearance(item)
        return Effect.flatMap(Ref.getAndSet(last, now), (before) => (before === now ? Effect.void : onChange(item)))
      })

    const waitFor = (ref: R, options: YoungOptions<Item>, notify: Notify<Item>, deadline: number) =>
      Effect.gen(function* () {
        yield* recall(ref, options)
        const follower =
          options.onChange === undefined
            ? following(ref, options, false, deadline)
            : Effect.map(following(ref, options, true, deadline), notifying(notify, deadline))
        const subject = yield* named(ref)
        const item = yield* follow(subject, "end", options, follower, ({ outcome }) => outcome !== "pending")
        return item.outcome === "failed" ? yield* Effect.fail(failed(subject, item, yield* scrub)) : item
      })

    const packageOf = <P extends packages.PackageState>(
      ref: R,
      source: packages.Source<S, P>,
      options: WaitOptions<Item>,
      deadline: number
    ) =>
      Effect.gen(function* () {
        const subject = yield* named(ref)
        const follower = Effect.flatMap(source.ask(http), (polled) =>
          makeFollower(waiter.adjust(settings, options), polled, deadline)
        )
        const answer = yield* follow(subject, "download", options, follower, packages.endOf())
        yield* packages.urlOf(answer, source, subject, Option.none(), yield* scrub)
        return answer
      })

    /** Wraps errors after the create, so that no error suggests a second run. */
    const incomplete = (ref: R, phase: RunIncomplete["phase"]) => (failure: HttpError) =>
      Effect.flatMap(named(ref), (subject) =>
        Effect.fail(
          new RunIncomplete<S>({
            subject,
            phase,
            failure,
            message: `${atStart(subject)} exists and is billed, but could not be followed: ${failure.message} Do not run again. Continue with ${phase} and ${idsOf(subject).join(", ")}.`
          })
        )
      )

    return {
      record,
      look,
      watch,
      notifier,
      wait: (ref, options) =>
        Effect.gen(function* () {
          return yield* waitFor(ref, options, yield* notifier(options), yield* deadlineOf(options))
        }),
      complete: (ref, source, options, notify) =>
        Effect.gen(function* () {
          const deadline = yield* deadlineOf(options)
          const item = yield* waitFor(ref, options, notify, deadline).pipe(
            Effect.catchIf(isHttpError, incomplete(ref, "wait"))
          )
          const ready = yield* packageOf(ref, source, options, deadline).pipe(
            Effect.catchIf(isHttpError, incomplete(ref, "download"))
          )
          return { item, ready }
        })
    }
  })
