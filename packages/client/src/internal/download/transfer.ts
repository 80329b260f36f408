/**
 * Transfers a package into its part: requests the rest, again after every failure, and never gives up while bytes
 * arrive. Attempts, delays and deadline follow the retry policy, counted from the last new byte: a connection that
 * breaks a hundred times in a night has a hundred first attempts. Time during a suspension of the machine, or spent on
 * the disk, does not count.
 *
 * The body is read as soon as its head has arrived, before any disk operation: transports lose the error of a body that
 * breaks before it is read, and deliver an empty body instead. So an empty body does not count as the end.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type * as Download from "../../Download.js"
import { type DownloadError, DownloadIncomplete, type SignedUrlFailure } from "../../DownloadError.js"
import type { Hashing } from "../../Hashing.js"
import type { RetryPolicy } from "../../RetryPolicy.js"
import type { Subject } from "../../Subject.js"
import * as attempts from "../attempts.js"
import { joined } from "../body.js"
import type * as classify from "../classify.js"
import { Failure } from "../classify.js"
import type { Connection } from "../connection.js"
import * as elapsed from "../elapsed.js"
import type { Source } from "../packages.js"
import type { Scrub } from "../redact.js"
import * as redact from "../redact.js"
import type { Note } from "../wire.js"
import { compare, type Failing, type Names, ofPlatform } from "./files.js"
import type { Lock } from "./lock.js"
import type { Part, Written } from "./part.js"
import * as plan from "./plan.js"
import * as sidecar from "./sidecar.js"
import * as storage from "./storage.js"
import * as zip from "./zip.js"

/**
 * The way in which an attempt did not complete the package. `odd`: the head of the answer contradicts the known
 * metadata. `other`: the bytes do. `final`: the next answer would be the same. `corrupt`: the package is complete and
 * wrong.
 */
type Kind = "broken" | "refused" | "odd" | "other" | "final" | "corrupt"

class TransferFailure extends Failure {
  constructor(
    readonly kind: Kind,
    reason: classify.Reason,
    scrub: Scrub
  ) {
    super(reason, scrub)
  }
}

/** The context of all steps of one download. */
export interface Context<S extends Subject> {
  readonly options: Download.Options
  readonly emit: (event: Download.Event) => Effect.Effect<void>
  readonly http: Connection
  readonly hashing: Option.Option<Hashing.Service>
  readonly subject: S
  readonly names: Names
  readonly fail: Failing<S>
  readonly source: Source<S>
  /** Requests a signed URL from the API, and waits until the package is ready. */
  readonly newUrl: Effect.Effect<Redacted.Redacted, SignedUrlFailure<S>>
  readonly policy: RetryPolicy
  /** The longest time without bytes. */
  readonly idle: Duration.Duration
}

/** The number of bytes shown of a wrong body. */
const shown = 40

const preview = (bytes: Uint8Array): string =>
  JSON.stringify(new TextDecoder("latin1").decode(bytes.subarray(0, shown)))

// --- the checks of a part ---

/** Whether the part ends like its format, for a package without a known length. */
const hasEnd = ({ source: { format } }: Context<Subject>, part: Part) =>
  Effect.flatMap(part.written, (written) =>
    format === "zip" && Option.isSome(written) ? zip.hasEnd(written.value.path) : Effect.succeed(true)
  )

/** Whether the part proves its completeness: by a checksum, or as a ZIP that ends with the file. */
const isProved = ({ hashing, source: { format } }: Context<Subject>, part: Part) =>
  Effect.gen(function* () {
    const written = yield* part.written
    if (Option.isNone(written)) return false
    const sum = yield* compare(written.value.path, hashing, part.held().checksums)
    if (sum === false || Option.isSome(sum)) return sum !== false
    return format === "zip" && (yield* zip.hasEnd(written.value.path, true))
  })

/** A complete part, and the algorithm of its matching checksum, if any. */
interface Verified {
  readonly written: Written
  readonly checksum: Option.Option<Hashing.Algorithm | "zip">
}

/** Checks the bytes on the disk by the store's checksum, or else by the checksums in the ZIP. Left: the mismatch. */
const verify = ({ hashing, options, source: { format } }: Context<Subject>, part: Part) =>
  Effect.gen(function* () {
    const found = yield* part.written
    if (Option.isNone(found)) return Either.left("changed on the disk by another program")
    const written = found.value
    const sum = yield* compare(written.path, hashing, part.held().checksums)
    if (sum === false) return Either.left("other bytes")
    if (Option.isSome(sum)) return Either.right<Verified>({ written, checksum: sum })
    const { stream } = yield* FileSystem.FileSystem
    const first = yield* Stream.runHead(stream(written.path, { bytesToRead: 4096n }))
    if (
      plan.opening(
        format,
        Option.getOrElse(first, () => new Uint8Array()),
        true
      ) !== "package"
    ) {
      return Either.left("changed on the disk: its first bytes differ")
    }
    if (options.verify !== true || Option.isNone(hashing)) return Either.right({ written, checksum: Option.none() })
    const verdict = yield* zip.check(written.path, hashing.value)
    if (verdict._tag === "Wrong") return Either.left(`an invalid ZIP: ${verdict.why},`)
    return Either.right({ written, checksum: verdict._tag === "Right" ? Option.some("zip" as const) : Option.none() })
  })

/** Transfers the whole package, and checks it. `onBytes` runs after each write. */
export const run = <S extends Subject>(context: Context<S>, part: Part, lock: Lock<S>, onBytes: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const { emit, fail, http, idle, newUrl, policy, subject } = context
    const { format } = context.source
    const path = context.names.target
    const fs = yield* FileSystem.FileSystem
    const clock = yield* Effect.clock
    const now = () => elapsed.unsafeNow(clock)
    const toDisk = ofPlatform(fail, path)
    const onPart = <A>(self: Effect.Effect<A, PlatformError, FileSystem.FileSystem>) =>
      Effect.mapError(Effect.provideService(self, FileSystem.FileSystem, fs), ofPlatform(fail, context.names.part))

    // --- progress, and the time without progress ---

    let deadline = 0
    const rest = () => {
      deadline = now() + Duration.toMillis(policy.timeout)
    }
    rest()
    const left = () => deadline - now()
    const progress = attempts.begin({ call: storage.call, policy, budget: http.retryBudget, left })
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

    /** The largest length of the part so far: only bytes beyond it are progress. */
    let best = part.held().bytes

    const progressed = () => {
      if (part.held().bytes <= best) return
      best = part.held().bytes
      rest()
      attempts.advance(progress)
    }

    // --- one answer ---

    const broken = ({ head, scrub }: storage.Answer, cause: unknown) =>
      new TransferFailure("broken", { _tag: "Broken", cause, head }, scrub)

    const endsEarly = (answer: storage.Answer, what: string) =>
      Effect.fail(broken(answer, new Error(`the body ${what}`)))

    const isNot = (kind: Kind, answer: storage.Answer, note: Note) =>
      Effect.fail(new TransferFailure(kind, storage.contradicted(answer, note), answer.scrub))

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
              return yield* Option.match(step.coding, {
                onNone: () => isNot("other", answer, { path: "the body", expected: "a package", found: preview(lead) }),
                onSome: (found) => isNot("final", answer, { path: "content-encoding", expected: "identity", found })
              })
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
              yield* lock.confirmed
              yield* Effect.mapError(part.rewind(before), toDisk)
              return yield* isNot("other", answer, { path: "the body", expected, found: "more" })
            }
            yield* lock.stillHeld
            yield* Effect.mapError(part.append(bytes), toDisk)
            progressed()
            yield* onBytes
          })

        yield* response.stream.pipe(
          Stream.catchAll(
            (error): Stream.Stream<never, TransferFailure> =>
              error.reason === "EmptyBody" ? Stream.empty : Stream.fail(broken(answer, error.cause))
          ),
          Stream.timeoutFail(() => new TransferFailure("broken", { _tag: "TooSlow", timeout: idle }, scrub), idle),
          Stream.runForEach((bytes) =>
            Effect.gen(function* () {
              hear()
              if (bytes.length === 0) return
              if (isBegun) return yield* write(bytes)
              lead = joined([lead, bytes], lead.length + bytes.length)
              yield* begin(false)
              if (isBegun) yield* write(lead)
            })
          )
        )
        if (!isBegun) {
          yield* begin(true)
          if (!isBegun) {
            return yield* endsEarly(answer, lead.length === 0 ? "is empty" : `ended after ${lead.length} bytes`)
          }
          yield* write(lead)
        }
        const { bytes } = part.held()
        if (Option.exists(limit, (all) => bytes < all)) {
          return yield* endsEarly(answer, `ended after ${bytes} of ${Option.getOrElse(limit, () => 0)} bytes`)
        }
        if (Option.isNone(limit) && !(yield* onPart(hasEnd(context, part)))) {
          return yield* endsEarly(answer, `ended after ${bytes} bytes, before the end of the package`)
        }
        if (step._tag === "Begin" && step.isDoubtful && !(yield* uncounted(onPart(isProved(context, part))))) {
          const note = { path: "the package", expected: "the package described before", found: `${bytes} other bytes` }
          return yield* isNot("other", answer, note)
        }
        // The sent range may be shorter than the requested one.
        return step._tag === "Begin" || plan.isWhole(part.held())
      })

    /** Requests the rest once. Returns whether the part is complete. */
    const send = (url: Redacted.Redacted): Effect.Effect<boolean, TransferFailure | DownloadError<S>> =>
      Effect.gen(function* () {
        const held = part.held()
        const answer = yield* Effect.mapError(
          storage.answer({ http, method: "GET", url, held, asked, idle }),
          ({ reason, scrub }) => new TransferFailure("broken", reason, scrub)
        )
        hear()
        const { response, scrub, step } = answer
        if (step._tag === "Append" || step._tag === "Begin") return yield* receive(answer, step)
        yield* storage.leave(response, idle)
        if (step._tag === "Whole") {
          part.learn({ ...held, total: Option.some(held.bytes) })
          return true
        }
        const reason = yield* storage.useless(answer)
        if (step._tag !== "Unusable") {
          const isOver = step._tag === "Refused" || step._tag === "Redirect"
          return yield* Effect.fail(new TransferFailure(isOver ? "refused" : "broken", reason, scrub))
        }
        asked = { isAnew: asked.isAnew || !step.keeps, claimed: step.claim }
        return yield* Effect.fail(new TransferFailure(step.isFinal ? "final" : "odd", reason, scrub))
      })

    /** Checks the complete part. */
    const verified = Effect.gen(function* () {
      const verdict = yield* uncounted(onPart(verify(context, part)))
      heard = now()
      if (Either.isRight(verdict)) return verdict.right
      const note = { path: "the package", expected: "the content of its checksum", found: verdict.left }
      const reason: classify.Reason = { _tag: "Unusable", head: { status: 200, headers: {} }, text: "", note }
      return yield* Effect.fail(new TransferFailure("corrupt", reason, yield* redact.now(http.auth)))
    })

    // --- its end ---

    const ended = (failure: TransferFailure) => {
      const { kind } = failure
      const error = attempts.errorOf(progress, failure)
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
      return new DownloadIncomplete<S>({
        subject,
        path,
        bytes,
        total,
        ...tries,
        failure: error,
        message: `${what} ${error.message}`
      })
    }

    // --- the attempts ---

    let url: Redacted.Redacted | undefined
    /** Whether the URL worked before. A working URL may have expired; a new URL is refused for good. */
    let wasUsed = false

    /** Requests the rest until the part is complete, and checks it. */
    const complete: Effect.Effect<Verified, TransferFailure | SignedUrlFailure<S>> = Effect.gen(function* () {
      while (!plan.isWhole(part.held())) {
        if (url === undefined) {
          url = yield* newUrl
          wasUsed = false
          // The wait for the package is not a failure.
          rest()
        }
        heard = now()
        if (yield* send(url)) break
        attempts.succeed(progress)
        wasUsed = true
      }
      heard = now()
      return yield* verified
    })

    /** Prepares the part for the next attempt. */
    const recover = ({ kind }: TransferFailure) =>
      Effect.gen(function* () {
        hear()
        const isAbandoned = yield* part.abandon
        if (kind === "corrupt" && !isAbandoned) {
          yield* lock.confirmed
          yield* Effect.mapError(part.drop, toDisk)
        }
      })

    return yield* attempts
      .run<Verified, TransferFailure, SignedUrlFailure<S>>(progress, {
        attempt: () => Effect.tapError(complete, (error) => (error instanceof Failure ? recover(error) : Effect.void)),
        mayRetry: ({ kind }) => kind !== "final",
        repair: ({ kind }) => Effect.succeed(kind === "refused" && wasUsed ? "with a new URL" : undefined),
        onRetry: (failure, delay) => {
          if (failure.kind === "refused") url = undefined
          else wasUsed = true
          const error = attempts.errorOf(progress, failure, progress.history)
          return emit({ _tag: "Retrying", error, delay, bytes: part.held().bytes })
        },
        // A late sleep takes no time from the next attempt.
        sleep: (delay) => uncounted(Effect.sleep(delay), delay)
      })
      .pipe(Effect.mapError((error) => (error instanceof Failure ? ended(error) : error)))
  })
