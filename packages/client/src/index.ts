/**
 * The Effect client for the Pixxel API. Exports services, models, ids and errors by name, and `Pixxel`, `Download`,
 * `RetryPolicy`, `RunAll`, `Waiter`, `Raw`, `Drift` and `Status` as modules.
 *
 * @since 0.1.0
 */
export { Auth } from "./Auth.js"
export { CreateIntent } from "./CreateIntent.js"
export { Decompression } from "./Decompression.js"
export * as Download from "./Download.js"
export { DownloadPackage } from "./DownloadPackage.js"
export * as Drift from "./Drift.js"
export { Hashing } from "./Hashing.js"
export * from "./Ids.js"
export { Job, JobSummary, ValError } from "./Job.js"
export { JobsApi } from "./JobsApi.js"
export * as Pixxel from "./Pixxel.js"
export * from "./PixxelError.js"
export { PixxelHttpClient } from "./PixxelHttpClient.js"
export * as Raw from "./Raw.js"
export * as RetryPolicy from "./RetryPolicy.js"
export * as RunAll from "./RunAll.js"
export * as Status from "./Status.js"
export { BlockInfo, Task } from "./Task.js"
export * as Waiter from "./Waiter.js"
export { CostEstimate, Pagination, Workflow, WorkflowPage, WorkflowSummary } from "./Workflow.js"
export { WorkflowsApi } from "./WorkflowsApi.js"
