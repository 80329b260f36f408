/**
 * The package that the API builds from the inputs and outputs of an insight.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import { text, url, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import { downloadOutcomeOf, type Outcome } from "../Status.js"

/**
 * The state of a download package. The same call requests the package and polls it (inferred): repeat until `isReady`.
 *
 * @since 0.1.0
 * @category models
 */
export class InsightPackage extends model<InsightPackage>("InsightPackage")({
  /** The id of the insight (documented). */
  id: text("id"),
  /** The server's status word, unchanged. `outcome` classifies it. */
  status: word(["pending", "ready"], "status"),
  /**
   * Gives access to the package without a token for a limited time, so the encoded form is the text `<redacted>`. Fetch
   * it with a plain client, never with the API token: the URL belongs to another host.
   */
  signedUrl: url("signed_url")
}) {
  /** The outcome of the status word; `ready` is a success. */
  get outcome(): Outcome {
    return downloadOutcomeOf(this.status)
  }

  /** Whether the package can be fetched: it has a signed URL and no failed status. */
  get isReady(): boolean {
    return Option.isSome(this.signedUrl) && this.outcome !== "failed"
  }
}
