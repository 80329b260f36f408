/** Reads download packages from the wire format. */
import * as Option from "effect/Option"
import { JobId, WorkflowId } from "../../Ids.js"
import * as wire from "../../internal/wire.js"
import { DownloadPackage } from "../DownloadPackage.js"

export const readDownloadPackage = wire.unlessError(
  wire.object(({ get }) =>
    Option.some(
      new DownloadPackage(
        {
          id: get(wire.text, "id"),
          workflowId: get(wire.id(WorkflowId), "workflowId", "workflow_id"),
          jobId: get(wire.id(JobId), "job_id", "jobId"),
          status: get(wire.text, "status"),
          signedUrl: get(wire.signedUrl, "signed_url")
        },
        true
      )
    )
  )
)
