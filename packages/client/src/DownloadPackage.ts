/**
 * The package (a ZIP, documented) that the API builds of what a job or a task used and made.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { JobId, WorkflowId } from "./Ids.js"
import { maybe, maybeString, model } from "./internal/schema.js"
import { downloadOutcomeOf, type Outcome } from "./Status.js"

const hidden = "<redacted>"

const SignedUrl = Schema.transformOrFail(Schema.Literal(hidden), Schema.RedactedFromSelf(Schema.String), {
  strict: true,
  decode: (_, __, ast, input) =>
    ParseResult.fail(new ParseResult.Forbidden(ast, input, "A signed URL is never written down: ask for a new one")),
  encode: () => ParseResult.succeed<typeof hidden>(hidden)
})

/**
 * The state of a download package. Asking for it and asking again are the same call (inferred): repeat until `ready`.
 *
 * **Gotchas**
 *
 * - `signedUrl` opens the package for whoever holds it, for a while: it is `Redacted`, and its encoded form is the
 *   text `<redacted>`. Fetch it with a plain client and never with the token of the API: it lives on another host.
 * - `id` is documented in two ways that exclude each other. Do not rely on it.
 *
 * @since 0.1.0
 * @category models
 */
export class DownloadPackage extends model(
  Schema.Class<DownloadPackage>("@effect-pixxel/client/DownloadPackage")({
    id: maybeString,
    workflowId: maybe(WorkflowId),
    jobId: maybe(JobId),
    status: maybeString,
    signedUrl: maybe(SignedUrl)
  })
) {
  /** What the status word stands for; `ready` is a success. */
  get outcome(): Outcome {
    return downloadOutcomeOf(this.status)
  }

  /** Whether the package can be fetched: there is a signed URL, and no word of failure. */
  get isReady(): boolean {
    return Option.isSome(this.signedUrl) && this.outcome !== "failed"
  }
}
