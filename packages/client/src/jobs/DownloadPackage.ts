/**
 * The package (documented as a ZIP) that the API builds from the inputs and outputs of a job or a task.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { JobId, WorkflowId } from "../Ids.js"
import { maybe, maybeString, model } from "../internal/schema.js"
import { downloadOutcomeOf, type Outcome } from "../Status.js"

const hidden = "<redacted>"

const SignedUrl = Schema.transformOrFail(Schema.Literal(hidden), Schema.RedactedFromSelf(Schema.String), {
  strict: true,
  decode: (_, __, ast, input) =>
    ParseResult.fail(new ParseResult.Forbidden(ast, input, "A signed URL is never stored: request a new one")),
  encode: () => ParseResult.succeed<typeof hidden>(hidden)
})

/**
 * The state of a download package. The same call requests the package and polls it (inferred): repeat until `ready`.
 *
 * **Gotchas**
 *
 * - `signedUrl` gives access to the package without a token for a limited time. So the value is `Redacted`, and its
 *   encoded form is the text `<redacted>`. Fetch it with a plain client, never with the API token: the URL belongs to
 *   another host.
 * - `id` has two contradicting documentations. Do not rely on it.
 *
 * @since 0.1.0
 * @category models
 */
export class DownloadPackage extends model(
  Schema.Class<DownloadPackage>("PixxelDownloadPackage")({
    id: maybeString,
    workflowId: maybe(WorkflowId),
    jobId: maybe(JobId),
    status: maybeString,
    signedUrl: maybe(SignedUrl)
  })
) {
  /** The outcome of the status word; `ready` is a success. */
  get outcome(): Outcome {
    return downloadOutcomeOf(this.status)
  }

  /** Whether the package can be fetched: it has a signed URL and no failed status. */
  get isReady(): boolean {
    return Option.isSome(this.signedUrl) && this.outcome !== "failed"
  }
}
