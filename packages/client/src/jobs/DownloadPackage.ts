/**
 * The package (documented as a ZIP) that the API builds from the inputs and outputs of a job or a task.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import { JobId, WorkflowId } from "../Ids.js"
import { id, text, url, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import { downloadOutcomeOf, type Outcome } from "../Status.js"

/**
 * The state of a download package. The same call requests the package and polls it (inferred): repeat until `ready`.
 *
 * @since 0.1.0
 * @category models
 */
export class DownloadPackage extends model<DownloadPackage>("DownloadPackage")({
  /** The id of the job or the task: two documentations contradict each other, so do not rely on it. */
  id: text("id"),
  /** The id of the workflow. */
  workflowId: id(WorkflowId, "workflowId", "workflow_id"),
  /** The id of the job. */
  jobId: id(JobId, "job_id", "jobId"),
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
