/** The command of each operation. An operation without a command of its own names the one that makes it. */
export const commands: Readonly<Record<string, string>> = {
  listWorkflows: "workflows list",
  getWorkflowsById: "workflows get",
  getWorkflowCostEstimate: "workflows estimate",
  listJobs: "jobs list",
  createJob: "jobs create",
  getJobById: "jobs get",
  downloadJob: "jobs download",
  downloadTask: "tasks download",
  ping: "ping",
  ListProjects: "projects list",
  GetProjectById: "projects get",
  DownloadOrderReport: "orders report",
  ListStores: "stores list",
  CreateStore: "stores create",
  DeleteStore: "stores delete",
  ListAOIs: "aois list",
  AOICreateAOI: "aois create",
  GetAoiById: "aois get",
  ListIndices: "indices list",
  AOICreateDownload: "assets download",
  GetDownloadStatus: "assets download"
}
