/** Polls a download package, detects its end, and interprets it. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { DownloadError } from "../DownloadError.js"
import type { HttpError } from "../HttpError.js"
import type { Outcome } from "../Status.js"
import type { Subject } from "../Subject.js"
import type { Snapshot } from "../Waiter.js"
import type { Connection } from "./connection.js"
import type { Polled } from "./following.js"
import * as Raw from "./raw.js"
import type { Scrub } from "./redact.js"
import { nameOf } from "./subject.js"
import { kindOf } from "./wire.js"

/** The state of a package. */
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
export const endOf = (): ((answer: PackageState) => boolean) => {
  let unusable = 0
  return (answer) => {
    unusable = Option.isSome(unusableUrl(answer)) ? unusable + 1 : 0
    return answer.isReady || answer.outcome === "failed" || unusable >= unusableInRow
  }
}

/** Returns the signed URL of a final answer, or fails with the reason. `subject` is already scrubbed. */
export const urlOf = <S extends Subject>(
  answer: PackageState,
  { advice, done }: Source,
  subject: S,
  path: DownloadError["path"],
  { text }: Scrub
) => {
  if (answer.isReady && Option.isSome(answer.signedUrl)) return Effect.succeed(answer.signedUrl.value)
  const status = Option.map(answer.status, text)
  const word = Option.getOrElse(status, () => "")
  const why = Option.match(unusableUrl(answer), {
    onNone: () => `ended as ${word}. ${advice}`,
    onSome: (sent) =>
      `is ${word}, but its signed URL is ${kindOf(sent)} and not an absolute http or https URL. ` +
      `${done} Request the package again later, and report the problem to Pixxel if it persists.`
  })
  return Effect.fail(
    new DownloadError<S>({
      subject,
      path,
      reason: "PackageFailed",
      status,
      message: `The download package of ${nameOf(subject)} ${why}`
    })
  )
}
