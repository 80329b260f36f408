/**
 * Downloads of entries of the catalog.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { need, url, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import { type Outcome, outcomeOf } from "../Status.js"

/**
 * The id of a download of entries.
 *
 * @since 0.1.0
 * @category ids
 */
export const CatalogDownloadId = Schema.NonEmptyString.pipe(Schema.brand("CatalogDownloadId"))
export type CatalogDownloadId = typeof CatalogDownloadId.Type

/**
 * The state of a requested download: it can be fetched once it has a signed URL.
 *
 * @since 0.1.0
 * @category models
 */
export class CatalogDownload extends model<CatalogDownload>("CatalogDownload")({
  /** The id of the download. */
  id: need(CatalogDownloadId, "id"),
  /** The server's status word, unchanged. `outcome` classifies it. */
  status: word(["created", "in_progress", "success", "failed"], "status"),
  /**
   * Gives access to the package without a token for a limited time, so the encoded form is the text `<redacted>`. Fetch
   * it with a plain client, never with the API token: the URL belongs to another host.
   */
  signedUrl: url("signed_url")
}) {
  /** The outcome of the status word. */
  get outcome(): Outcome {
    return outcomeOf(this.status)
  }

  /** Whether the package can be fetched: it is a success with a signed URL. */
  get isReady(): boolean {
    return Option.isSome(this.signedUrl) && this.outcome === "succeeded"
  }
}
