/** Polls a download package, detects its end, and interprets it. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { DownloadError } from "../DownloadError.js"
import type { HttpError } from "../HttpError.js"
import type { Outcome } from "../Status.js"
import type { Subject } from "../Subject.js"
import type { Snapshot, Waiter } from "../Waiter.js"
import type { Connection } from "./connection.js"
import * as elapsed from "./elapsed.js"
import { makeFollower, type Polled, until, type WaitTarget } from "./following.js"
import { graceOf } from "./grace.js"
import * as Raw from "./raw.js"
import * as redact from "./redact.js"
import { keyOf, nameOf, scrubbed } from "./subject.js"
import { kindOf } from "./wire.js"

export interface PackageState extends Snapshot {
  readonly outcome: Outcome
  readonly isReady: boolean
  readonly signedUrl: Option.Option<Redacted.Redacted>
}

/** Where a package comes from. */
export interface Source<S extends Subject = Subject, P extends PackageState = PackageState> {
  readonly subject: S
  /** The format of the package, if documented. */
  readonly format: "zip" | "unknown"
  /**
   * Begins to ask for a signed URL. Runs once for the first URL and once for every fresh one, after the store has
   * refused a URL: a source that asks by creating a download resource creates it here, and polls that resource.
   */
  readonly ask: (http: Connection) => Effect.Effect<Polled<P>, HttpError>
  /** The next step after a failed package. */
  readonly advice: string
  /** The state of the subject once its package is described, such as that it is billed. */
  readonly done: string
}

/** Asks by requesting the package, which starts its build: the same call polls it, and gives a fresh URL. */
export const requested =
  <P>(subject: Subject, look: (http: Connection) => Polled<P>["look"]) =>
  (http: Connection): Effect.Effect<Polled<P>> => {
    const key = keyOf(subject)
    // A replica may not know a subject created a moment ago.
    return Effect.succeed({ look: look(http), mayBeUnknown: (now) => http.recent.isYoung(key, now) })
  }

/** Asks by creating a download resource, which a replica may not know yet. */
export const created = <P, Id>(
  create: Effect.Effect<{ readonly id: Id }, HttpError>,
  look: (id: Id) => Polled<P>["look"]
): Effect.Effect<Polled<P>, HttpError> =>
  Effect.zipWith(create, elapsed.now, ({ id }, now) => ({
    look: look(id),
    mayBeUnknown: (then) => then < now + Duration.toMillis(graceOf({}))
  }))

/** The unusable signed URL of a finished package, as the server sent it. */
const unusableUrl = (answer: PackageState): Option.Option<unknown> =>
  answer.outcome === "succeeded" && Option.isNone(answer.signedUrl)
    ? Option.filter(
        Option.map(Raw.of(answer), (json) => Object(json).signed_url),
        (sent: unknown) => sent !== undefined && sent !== null && !(typeof sent === "string" && sent.trim() === "")
      )
    : Option.none()

/** The number of consecutive unusable URLs that ends a wait: a single one may be an accident. */
const unusableInRow = 3

/** A predicate for the final answer of one wait. Stateful: call it with the answers in order. */
const endOf = (): ((answer: PackageState) => boolean) => {
  let unusable = 0
  return (answer) => {
    unusable = Option.isSome(unusableUrl(answer)) ? unusable + 1 : 0
    return answer.isReady || answer.outcome === "failed" || unusable >= unusableInRow
  }
}

/** The reason of a final answer without a package. */
const reasonOf = (answer: PackageState, { advice, done }: Source<Subject>, word: string) =>
  Option.match(unusableUrl(answer), {
    onNone: () => `ended as ${word}. ${advice}`,
    onSome: (sent) =>
      `is ${word}, but its signed URL is ${kindOf(sent)} and not an absolute http or https URL. ` +
      `${done} Request the package again later, and report the problem to Pixxel if it persists.`
  })

export interface Asking<S extends Subject, P extends PackageState> extends Pick<WaitTarget<S>, "timeout" | "advice"> {
  readonly http: Connection
  readonly source: Source<S, P>
  readonly waiter: Waiter
  readonly deadline: number
  /** The path of the target file, if any. */
  readonly path?: string | undefined
}

/** Polls a package until it is ready, and returns it with its signed URL. */
export const whenReady = <S extends Subject, P extends PackageState>(asking: Asking<S, P>) =>
  Effect.gen(function* () {
    const { deadline, http, path, source, waiter, ...limit } = asking
    const scrub = redact.now(http.auth)
    const subject = scrubbed(source.subject, yield* scrub)
    const follower = yield* makeFollower(waiter, yield* source.ask(http), deadline)
    const ready = yield* until(follower, endOf(), { ...limit, subject, scrub, waitingFor: "download" })
    if (ready.isReady && Option.isSome(ready.signedUrl)) return { ready, url: ready.signedUrl.value }
    const status = Option.map(ready.status, (yield* scrub).text)
    const word = Option.getOrElse(status, () => "")
    return yield* new DownloadError<S>({
      subject,
      path: Option.fromNullable(path),
      reason: "PackageFailed",
      status,
      message: `The download package of ${nameOf(subject)} ${reasonOf(ready, source, word)}`
    })
  })
