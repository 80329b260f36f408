/**
 * The Effect client for the Pixxel API. Exports services, models, ids and errors by name, and `Pixxel`, `Download`,
 * `RetryPolicy`, `RunAll`, `Waiter`, `Raw`, `Drift` and `Status` as modules.
 *
 * @since 0.1.0
 */

export { Auth } from "./Auth.js"
export { Aoi, AoiId, AoiPage, SatelliteId } from "./aois/Aoi.js"
export { AoisApi } from "./aois/AoisApi.js"
export { AoiSubject } from "./aois/Subject.js"
export { AssetDownload, AssetDownloadId, AssetId, AssetsSubject } from "./assets/Asset.js"
export { AssetsApi } from "./assets/AssetsApi.js"
export { CreateIntent } from "./CreateIntent.js"
export { Decompression } from "./Decompression.js"
export * as Download from "./Download.js"
export * as Drift from "./Drift.js"
export { Hashing } from "./Hashing.js"
export * from "./Ids.js"
export { DownloadPackage } from "./jobs/DownloadPackage.js"
export { Job, JobSummary } from "./jobs/Job.js"
export { JobsApi } from "./jobs/JobsApi.js"
export { JobTarget } from "./jobs/JobTarget.js"
export * as RunAll from "./jobs/RunAll.js"
export { JobSubject, TaskSubject } from "./jobs/Subject.js"
export { BlockInfo, Task } from "./jobs/Task.js"
export { Pagination } from "./Pagination.js"
export * as Pixxel from "./Pixxel.js"
export * from "./PixxelError.js"
export { PixxelHttpClient } from "./PixxelHttpClient.js"
export * as Raw from "./Raw.js"
export * as RetryPolicy from "./RetryPolicy.js"
export * as Status from "./Status.js"
export { Subject } from "./Subject.js"
export { ValError } from "./ValError.js"
export * as Waiter from "./Waiter.js"
export { CostEstimate } from "./workflows/CostEstimate.js"
export { Workflow, WorkflowPage, WorkflowSummary } from "./workflows/Workflow.js"
export { WorkflowsApi } from "./workflows/WorkflowsApi.js"
