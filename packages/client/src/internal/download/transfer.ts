/**
 * Transfers a package into its part: requests the rest, again after every failure, and never gives up while bytes
 * arrive. Attempts, delays and deadline follow the retry policy, counted from the last new byte: a connection that
 * breaks a hundred times in a night has a hundred first attempts. Time during a suspension of the machine, or spent on
 * the disk, does not count.
 *
 * The body is read as soon as its head has arrived, before any disk operation: transports lose the error of a body that
 * breaks before it is read, and deliver an empty body instead. So an empty body does not count as the end.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { type DownloadError, DownloadIncomplete } from "../../DownloadError.js"
import type { Hashing } from "../../Hashing.js"
import type { HttpError } from "../../HttpError.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { Subject } from "../../Subject.js"
import * as classify from "../classify.js"
import * as elapsed from "../elapsed.js"
import * as policies from "../policy.js"
import * as redact from "../redact.js"
import { type CallContext, nextAttempt, reportRetry } from "../retry.js"
import { type Failing, ofPlatform } from "./files.js"
import type { Lock } from "./lock.js"
import type { Part } from "./part.js"
import * as plan from "./plan.js"
import * as sidecar from "./sidecar.js"
import * as storage from "./storage.js"

/**
 * The reason why an attempt did not complete the package. `odd`: the head of the answer contradicts the known metadata.
 * `other`: the bytes do. `final`: the next answer would be the same. `corrupt`: the package is complete and wrong.
 */
interface AttemptFailure {
  readonly kind: "broken" | "refused" | "odd" | "other" | "final" | "corrupt"
  readonly error: HttpError
}

export type Url = Redacted.Redacted

/** The algorithm of the matching checksum, if any, or the mismatch. */
export type Verdict = Either.Either<Option.Option<Hashing.Algorithm | "zip">, string>

export interface Transfer<E> {
  readonly http: PixxelHttpClient.Service
  readonly subject: Subject
  readonly path: string
  readonly fail: Failing
  readonly part: Part
  readonly format: plan.Format
  /** Requests a signed URL from the API, and waits until the package is ready. */
  readonly newUrl: Effect.Effect<Url, E>
  /** The longest time without bytes. Default: the policy's `attemptTimeout`. */
  readonly idleTimeout: Option.Option<Duration.Duration>
  readonly lock: Pick<Lock, "stillHeld" | "confirmed">
  /** Whether the part ends like its format, for a package without a known length. */
  readonly hasEnd: Effect.Effect<boolean, DownloadError>
  /** Whether the part proves its completeness: by a checksum, or as a ZIP that ends with the file. */
  readonly isProved: Effect.Effect<boolean, DownloadError>
  /** Checks the bytes of a complete part. */
  readonly verify: Effect.Effect<Verdict, DownloadError>
  readonly onBytes: Effect.Effect<void>
  readonly onRetry: (error: HttpError, delay: Duration.Duration) => Effect.Effect<void>
}

/** The number of bytes shown of a wrong body. */
const shown = 40

const preview = (bytes: Uint8Array): string =>
  bytes.length === 0 ? "nothing" : JSON.stringify(new TextDecoder("latin1").decode(bytes.subarray(0, shown)))

const concat = (one: Uint8Array, other: Uint8Array): Uint8Array => {
  if (one.length === 0) return other
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

/** Transfers the whole package. Returns the algorithm of the matching checksum. */
export const run = <E>(
  transfer: Transfer<E>
): Effect.Effect<Option.Option<Hashing.Algorithm | "zip">, E | DownloadError | DownloadIncomplete> =>
  Effect.gen(function* () {
    const { fail, format, http, lock, part, path, subject } = transfer
    const policy = yield* policies.inForce(http.retry)
    const clock = yield* Effect.clock
    const now = () => elapsed.unsafeNow(clock)
    const idle = Option.getOrElse(transfer.idleTimeout, () => policy.attemptTimeout)
    const toDisk = ofPlatform(fail, path)

    // --- progress, and the time without progress ---

    let deadline = 0
    const rest = () => {
      deadline = now() + Duration.toMillis(policy.timeout)
    }
    rest()
    const context: CallContext = { http, call: storage.call, policy, left: () => deadline - now() }
    /** Runs `self`, and counts its time only up to `limit`: the rest was spent on the disk, or asleep. */
    const uncounted = <A, E2>(self: Effect.Effect<A, E2>, limit = Duration.zero) =>
      Effect.suspend(() => {
        const began = now()
        return Effect.ensuring(
          self,
          Effect.sync(() => {
            deadline += Math.max(0, now() - began - Duration.toMillis(limit))
          })
        )
      })
    /** The time of the last byte or start. Without a suspension of the machine, silence never exceeds `idle`. */
    let heard = now()
    const hear = () => {
      deadline += Math.max(0, now() - heard - Duration.toMillis(idle))
      heard = now()
    }

    let facts: classify.Facts = { ...storage.call, before: [], delay: Duration.zero }
    let retries = 0
    let taken = 0
    /** The largest length of the part so far: only bytes beyond it are progress. */
    let best = part.held().bytes

    const progressed = () => {
      if (part.held().bytes <= best) return
      best = part.held().bytes
      rest()
      if (facts.before.length === 0) return
      facts = { ...facts, before: [] }
      if (retries === 0) return
      http.retryBudget.refund(taken)
      retries = 0
      taken = 0
    }

    // --- one answer ---

    const tooSlow = (): AttemptFailure => ({ kind: "broken", error: classify.tooSlow(facts, idle) })

    const broken = ({ response, scrub }: storage.Answer, cause: unknown): AttemptFailure => ({
      kind: "broken",
      error: classify.broken(facts, cause, Option.some<plan.Head>(response), scrub)
    })

    /** Whether the next request asks for the whole package, since the rest was refused. */
    let asked = plan.firstAsked

    /** Writes the body of an answer to the disk. Returns whether the part is complete. */
    const receive = (answer: storage.Answer, step: Extract<plan.Step, { readonly _tag: "Append" | "Begin" }>) =>
      Effect.gen(function* () {
        const { response, scrub } = answer
        const before = step._tag === "Append" ? part.held().bytes : 0
        const limit = step._tag === "Append" ? Option.some(step.until) : step.package.total
        /** The first bytes of a restart, until they prove to begin a package. */
        let lead: Uint8Array = new Uint8Array()
        let isBegun = step._tag === "Append"
        if (step._tag === "Append") part.learn(step.package)

        const begin = (isAll: boolean) =>
          Effect.gen(function* () {
            if (step._tag === "Append") return
            const opening = plan.opening(format, lead, isAll)
            if (opening === "more") return
            if (opening === "other") {
              const coded = Option.filter(step.coding, () => lead.length > 0)
              const note = Option.match(coded, {
                onNone: () => ({ path: "the body", expected: "a package", found: preview(lead) }),
                onSome: (coding) => ({ path: "content-encoding", expected: "identity", found: coding })
              })
              const error = storage.contradicted(facts, response, note, scrub)
              return yield* Effect.fail<AttemptFailure>({ kind: Option.isSome(coded) ? "final" : "other", error })
            }
            yield* lock.confirmed
            const note = sidecar.withoutSecrets(step.package, scrub)
            yield* Effect.mapError(part.begin(step.package, note, step.replaces), toDisk)
            isBegun = true
            asked = plan.firstAsked
          })

        const write = (bytes: Uint8Array) =>
          Effect.gen(function* () {
            if (Option.exists(limit, (all) => part.held().bytes + bytes.length > all)) {
              const expected = `no more than ${Option.getOrElse(limit, () => 0) - before} bytes`
              const error = storage.contradicted(facts, response, { path: "the body", expected, found: "more" }, scrub)
              yield* lock.confirmed
              yield* Effect.mapError(part.rewind(before), toDisk)
              return yield* Effect.fail<AttemptFailure>({ kind: "other", error })
            }
            yield* lock.stillHeld
            yield* Effect.mapError(part.append(bytes), toDisk)
            progressed()
            yield* transfer.onBytes
          })

        yield* response.stream.pipe(
          Stream.catchAll(
            (error): Stream.Stream<never, AttemptFailure> =>
              error.reason === "EmptyBody" ? Stream.empty : Stream.fail(broken(answer, error.cause))
          ),
          Stream.timeoutFail(tooSlow, idle),
          Stream.runForEach((bytes) =>
            Effect.gen(function* () {
              hear()
              if (bytes.length === 0) return
              if (isBegun) return yield* write(bytes)
              lead = concat(lead, bytes)
              yield* begin(false)
              if (isBegun) yield* write(lead)
            })
          )
        )
        if (!isBegun) {
          yield* begin(true)
          if (!isBegun) {
            const ended = lead.length === 0 ? "is empty" : `ended after ${lead.length} bytes`
            return yield* Effect.fail(broken(answer, new Error(`the body ${ended}`)))
          }
          yield* write(lead)
        }
        const { bytes } = part.held()
        if (Option.exists(limit, (all) => bytes < all)) {
          const ended = `the body ended after ${bytes} of ${Option.getOrElse(limit, () => 0)} bytes`
          return yield* Effect.fail(broken(answer, new Error(ended)))
        }
        if (Option.isNone(limit) && !(yield* transfer.hasEnd)) {
          const ended = `the body ended after ${bytes} bytes, before the end of the package`
          return yield* Effect.fail(broken(answer, new Error(ended)))
        }
        if (step._tag === "Begin" && step.isDoubtful && !(yield* uncounted(transfer.isProved))) {
          const note = { path: "the package", expected: "the package described before", found: `${bytes} other bytes` }
          const error = storage.contradicted(facts, response, note, scrub)
          return yield* Effect.fail<AttemptFailure>({ kind: "other", error })
        }
        // The sent range may be shorter than the requested one.
        return step._tag === "Begin" || plan.isWhole(part.held())
      })

    /** Requests the rest once. Returns whether the part is complete. */
    const send = (url: Url): Effect.Effect<boolean, AttemptFailure | DownloadError> =>
      Effect.gen(function* () {
        const held = part.held()
        const question = { http, facts, method: "GET", url, held, asked, idle } as const
        const answer = yield* Effect.mapError(
          storage.answer(question),
          (error): AttemptFailure => ({ kind: "broken", error })
        )
        hear()
        const { response, step } = answer
        if (step._tag === "Append" || step._tag === "Begin") return yield* receive(answer, step)
        yield* storage.leave(response, idle)
        if (step._tag === "Whole") {
          part.learn({ ...held, total: Option.some(held.bytes) })
          return true
        }
        const error = yield* storage.useless(facts, answer)
        if (step._tag !== "Unusable") {
          const isOver = step._tag === "Refused" || step._tag === "Redirect"
          return yield* Effect.fail<AttemptFailure>({ kind: isOver ? "refused" : "broken", error })
        }
        asked = { isAnew: asked.isAnew || !step.keeps, claimed: step.claim }
        return yield* Effect.fail<AttemptFailure>({ kind: step.isFinal ? "final" : "odd", error })
      })

    /** Checks the complete part. */
    const verified = Effect.gen(function* () {
      const verdict = yield* uncounted(transfer.verify)
      heard = now()
      if (Either.isRight(verdict)) return verdict.right
      const note = { path: "the package", expected: "the content of its checksum", found: verdict.left }
      const error = classify.unreadable(facts, { status: 200, headers: {} }, "", note, yield* redact.now(http.auth))
      return yield* Effect.fail<AttemptFailure>({ kind: "corrupt", error })
    })

    // --- its end ---

    const ended = ({ error, kind }: AttemptFailure) => {
      const { bytes, total } = part.held()
      const tries = { attempts: error.attempts }
      const count = error.attempts.length
      const times = count === 1 ? "" : `, ${count} times`
      const status = Option.flatMap(Option.fromNullable(error.attempts[count - 1]), (it) => it.status)
      const kept = bytes === 0 ? "" : ` The ${bytes} bytes received before are kept.`
      if (kind === "final") {
        const what = `The store sends the package of ${path} in a content coding that this transport does not decode, and that cannot be resumed: ${error.message}${kept}`
        return fail("Corrupt", what, tries)
      }
      if (kind === "corrupt" || (kind === "other" && bytes === 0)) {
        return fail("Corrupt", `The bytes received for ${path} were not the package${times}: ${error.message}`, tries)
      }
      if (kind === "refused") {
        const code = Option.map(status, String)
        const answer = Option.match(code, { onNone: () => "", onSome: (it) => ` (status ${it})` })
        return fail("Refused", `The store refuses the signed URL of the package, even a fresh one${answer}.`, {
          ...tries,
          code
        })
      }
      const all = Option.match(total, { onNone: () => "", onSome: (it) => ` of ${it}` })
      const what =
        bytes === 0
          ? `No bytes of ${path} were received. Download again.`
          : kind === "odd" || kind === "other"
            ? `${bytes}${all} bytes of ${path} were received, and the store now sends other bytes${times}. The part is kept. Download again to fetch the rest, or remove ${path}.part to start over.`
            : `${bytes}${all} bytes of ${path} were received before the download stopped. The part is kept. Download again to fetch the rest.`
      return new DownloadIncomplete({
        subject,
        path,
        bytes,
        total,
        ...tries,
        failure: error,
        message: `${what} ${error.message}`
      })
    }

    let url = Option.none<Url>()
    /** Whether the URL worked before. A working URL may have expired; a new URL is refused for good. */
    let wasUsed = false
    while (true) {
      const needsBytes = !plan.isWhole(part.held())
      if (needsBytes && Option.isNone(url)) {
        url = Option.some(yield* transfer.newUrl)
        wasUsed = false
        // The wait for the package is not a failure.
        rest()
      }
      heard = now()
      const fetched: Effect.Effect<boolean, AttemptFailure | DownloadError> =
        needsBytes && Option.isSome(url) ? send(url.value) : Effect.succeed(true)
      const result = yield* Effect.either(
        Effect.flatMap(fetched, (isAll) => (isAll ? Effect.asSome(verified) : Effect.succeedNone))
      )
      if (Either.isRight(result)) {
        http.retryBudget.refund(taken)
        taken = 0
        if (Option.isSome(result.right)) return result.right.value
        wasUsed = true
        continue
      }
      const failed = result.left
      if (!("kind" in failed)) return yield* failed
      const { error, kind } = failed
      hear()
      const isAbandoned = yield* part.abandon
      if (kind === "corrupt" && !isAbandoned) {
        yield* lock.confirmed
        yield* Effect.mapError(part.drop, toDisk)
      }
      if (kind === "final") return yield* ended(failed)

      let delay = Duration.zero
      if (kind === "refused" && wasUsed) {
        yield* reportRetry(context, error, delay, "with a new URL")
      } else {
        const next = yield* nextAttempt(context, error, retries)
        if (Option.isNone(next)) return yield* ended(failed)
        retries++
        delay = next.value.delay
        taken = next.value.taken
        yield* reportRetry(context, error, delay, `in ${Duration.format(delay)}`)
      }
      yield* transfer.onRetry(error, delay)
      // A late sleep takes no time from the next attempt.
      yield* uncounted(Effect.sleep(delay), delay)
      if (kind === "refused") url = Option.none()
      else wasUsed = true
      facts = { ...storage.call, before: error.attempts, delay }
    }
  })
