/**
 * Brings a package into its part: asks for what is missing, again after every failure, and never gives up while bytes
 * come. The tries, the delays between them and the deadline are those of the retry policy, counted from the last byte
 * that was new: a link that breaks a hundred times in a night has a hundred first tries.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Hashing } from "../../Hashing.js"
import { type DownloadError, DownloadIncomplete, type HttpError } from "../../PixxelError.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import * as classify from "../classify.js"
import * as policies from "../policy.js"
import * as redact from "../redact.js"
import { again, type Course, tell } from "../retry.js"
import { type Failing, ofPlatform, type Ref } from "./files.js"
import type { Part } from "./part.js"
import * as plan from "./plan.js"
import * as storage from "./storage.js"

/** Why a try did not bring all of the package. */
interface Trouble {
  readonly kind: "broken" | "refused" | "corrupt"
  readonly error: HttpError
}

export type Url = Redacted.Redacted

/** The checksum that the bytes match, if there is one; or what is wrong with them. */
export type Verdict = Either.Either<Option.Option<Hashing.Algorithm | "zip">, string>

export interface Transfer<E> {
  readonly http: PixxelHttpClient.Service
  readonly ref: Ref
  readonly path: string
  readonly fail: Failing
  readonly part: Part
  /** Asks the API for a signed URL, and waits until there is one. */
  readonly newUrl: Effect.Effect<Url, E>
  /** How long nothing may come. Default: what an attempt may take. */
  readonly idleTimeout: Option.Option<Duration.Duration>
  /** Fails when the part is not ours alone any more. */
  readonly stillHeld: Effect.Effect<void, DownloadError>
  /** Looks at the bytes when all have come. */
  readonly verify: Effect.Effect<Verdict, DownloadError>
  readonly onBytes: Effect.Effect<void>
  readonly onRetry: (error: HttpError, delay: Duration.Duration) => Effect.Effect<void>
}

/** Brings all of it; what is given is the checksum that it matches. */
export const run = <E>(
  transfer: Transfer<E>
): Effect.Effect<Option.Option<Hashing.Algorithm | "zip">, E | DownloadError | DownloadIncomplete> =>
  Effect.gen(function* () {
    const { fail, http, part, path, ref } = transfer
    const policy = yield* policies.inForce(http.retry)
    const clock = yield* Effect.clock
    const idle = Option.getOrElse(transfer.idleTimeout, () => policy.attemptTimeout)
    const toDisk = ofPlatform(fail, path)

    let deadline = 0
    const rest = () => {
      deadline = clock.unsafeCurrentTimeMillis() + Duration.toMillis(policy.timeout)
    }
    rest()
    const course: Course = { http, call: storage.call, policy, left: () => deadline - clock.unsafeCurrentTimeMillis() }
    let facts: classify.Facts = { ...storage.call, before: [], delay: Duration.zero }
    let retries = 0
    let taken = 0
    /** How much was held at best: only what comes after that is progress, and not what is fetched once more. */
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

    const tooSlow = (): Trouble => ({ kind: "broken", error: classify.tooSlow(facts, idle) })

    const unusable = (
      head: plan.Head,
      note: { readonly path: string; readonly expected: string; readonly found: string }
    ) => Effect.map(redact.now(http.auth), (scrub) => classify.unreadable(facts, head, "", note, scrub))

    /** The body, as long as something comes of it. */
    const receive = ({ response, scrub }: storage.Answer) =>
      Effect.gen(function* () {
        const head = Option.some<plan.Head>(response)
        yield* response.stream.pipe(
          Stream.catchAll(
            (error): Stream.Stream<never, Trouble> =>
              error.reason === "EmptyBody"
                ? Stream.empty
                : Stream.fail({ kind: "broken", error: classify.broken(facts, error.cause, head, scrub) })
          ),
          Stream.timeoutFail(tooSlow, idle),
          Stream.runForEach((bytes) =>
            Effect.gen(function* () {
              if (bytes.length === 0) return
              const { total } = part.held()
              if (Option.exists(total, (all) => part.held().bytes + bytes.length > all)) {
                const expected = `no more than ${Option.getOrElse(total, () => 0)} bytes`
                const error = yield* unusable(response, { path: "the body", expected, found: "more" })
                return yield* Effect.fail<Trouble>({ kind: "corrupt", error })
              }
              yield* transfer.stillHeld
              yield* Effect.mapError(part.append(bytes), toDisk)
              progressed()
              yield* transfer.onBytes
            })
          )
        )
        const { bytes, total } = part.held()
        if (Option.exists(total, (all) => bytes < all)) {
          const ended = new Error(`the body ended after ${bytes} of ${Option.getOrElse(total, () => 0)} bytes`)
          return yield* Effect.fail<Trouble>({ kind: "broken", error: classify.broken(facts, ended, head, scrub) })
        }
      })

    const send = (url: Url): Effect.Effect<void, Trouble | DownloadError> =>
      Effect.gen(function* () {
        const held = part.held()
        const question = { http, facts, method: "GET", url, held, idle } as const
        const answer = yield* Effect.mapError(storage.answer(question), (error): Trouble => ({ kind: "broken", error }))
        const { response, step } = answer
        if (step._tag === "Append" || step._tag === "Begin") {
          if (step._tag === "Append") part.learn(step.package)
          else {
            // The disk may refuse it, and then nobody reads the body.
            yield* Effect.onError(Effect.mapError(part.begin(step.package), toDisk), () =>
              storage.leave(response, idle)
            )
          }
          return yield* receive(answer)
        }
        yield* storage.leave(response, idle)
        if (step._tag === "Whole") {
          part.learn({ ...held, total: Option.some(held.bytes) })
          return
        }
        const error = yield* storage.useless(facts, answer)
        if (step._tag === "Unusable" && !step.keeps) yield* Effect.mapError(part.begin(plan.nothing), toDisk)
        const isOver = step._tag === "Refused" || step._tag === "Redirect"
        return yield* Effect.fail<Trouble>({ kind: isOver ? "refused" : "broken", error })
      })

    /** What is on the disk, when all of it is. */
    const verified = Effect.gen(function* () {
      const verdict = yield* transfer.verify
      if (Either.isRight(verdict)) return verdict.right
      const head = { status: 200, headers: {} }
      const note = { path: "the package", expected: "what its checksum says", found: verdict.left }
      const error = yield* unusable(head, note)
      return yield* Effect.fail<Trouble>({ kind: "corrupt", error })
    })

    const ended = ({ error, kind }: Trouble) => {
      const { bytes, total } = part.held()
      const tries = { attempts: error.attempts }
      const status = Option.flatMap(Option.fromNullable(error.attempts[error.attempts.length - 1]), (it) => it.status)
      if (kind === "corrupt") {
        const what = `What came for ${path} was not the package, ${error.attempts.length} times: ${error.message}`
        return fail("Corrupt", what, tries)
      }
      if (kind === "refused") {
        const code = Option.map(status, String)
        const answer = Option.match(code, { onNone: () => "", onSome: (it) => ` (status ${it})` })
        return fail("Refused", `The store refuses the signed URL of the package, even a new one${answer}.`, {
          ...tries,
          code
        })
      }
      const all = Option.match(total, { onNone: () => "", onSome: (it) => ` of ${it}` })
      return new DownloadIncomplete({
        ...ref,
        path,
        bytes,
        total,
        ...tries,
        failure: error,
        message: `${bytes}${all} bytes of ${path} have come, and then no more. They are kept: download again to fetch the rest. ${error.message}`
      })
    }

    let url = Option.none<Url>()
    /** A URL that was good once may have expired; one that never was is refused in earnest. */
    let wasUsed = false
    while (true) {
      const needsBytes = !plan.isWhole(part.held())
      if (needsBytes && Option.isNone(url)) {
        url = Option.some(yield* transfer.newUrl)
        wasUsed = false
        // Waiting for the package is no failure.
        rest()
      }
      const fetched: Effect.Effect<void, Trouble | DownloadError> =
        needsBytes && Option.isSome(url) ? send(url.value) : Effect.void
      const result = yield* Effect.either(Effect.zipRight(fetched, verified))
      if (Either.isRight(result)) {
        http.retryBudget.refund(taken)
        return result.right
      }
      const trouble = result.left
      if (!("kind" in trouble)) return yield* trouble
      const { error, kind } = trouble
      if (kind === "corrupt") yield* Effect.mapError(part.begin(plan.nothing), toDisk)

      let delay = Duration.zero
      if (kind === "refused" && wasUsed) {
        yield* tell(course, error, delay, "with a new URL")
      } else {
        const next = yield* again(course, error, retries)
        if (Option.isNone(next)) return yield* ended(trouble)
        retries++
        delay = next.value.delay
        taken = next.value.taken
        yield* tell(course, error, delay, `in ${Duration.format(delay)}`)
      }
      yield* transfer.onRetry(error, delay)
      yield* Effect.sleep(delay)
      // A machine that was busy wakes late.
      if (course.left() <= 0) return yield* ended(trouble)
      if (kind === "refused") url = Option.none()
      else wasUsed = true
      facts = { ...storage.call, before: error.attempts, delay }
    }
  })
