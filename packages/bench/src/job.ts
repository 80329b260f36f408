/** The job of both tables: ten tasks in the API's format. */
const task = (n: number) => ({
  id: `5f0c7a52-0000-4000-8000-${String(n).padStart(12, "0")}`,
  name: `cropclassification-${n}`,
  status: "completed",
  state_msg: "",
  progress: 100,
  depends_on: n === 0 ? [] : [`cropclassification-${n - 1}`],
  estimated_time_duration: 120,
  time_taken: "1m58.2s",
  created_at: "2025-01-01T00:00:00.056549Z",
  updated_at: "2025-01-01T00:02:00.056549Z",
  finished_at: "2025-01-01T00:02:00.056549Z",
  recv_time: "0001-01-01T00:00:00Z",
  send_time: "0001-01-01T00:00:00Z",
  block_inf_start_time: "2025-01-01T00:00:01.125928+00:00",
  block_inf_end_time: "2025-01-01T00:01:59.125928+00:00",
  block_info: { id: "b1", name: "cropclassification", version: "1.0.0" },
  inputs: [{ format: "date", type: "string", name: "start_date", value: "2024-01-01" }],
  result: [{ format: "raster", type: "url", name: "result", value: "s3://bucket/result.tif", is_artifact: true }],
  info_logs: null,
  disclaimer: null,
  err_msg: "",
  failure_type: ""
})

export const body = JSON.stringify({
  id: "7b1d52c4-0000-4000-8000-000000000000",
  workflow_id: "wf-crop-classification",
  created_by: "user-123456",
  status: "completed",
  progress: "100%",
  cost: 120,
  estimated_duration: 1200,
  time_taken: "19m42s",
  created_at: "2025-01-01T00:00:00.056549Z",
  updated_at: "2025-01-01T00:20:00.056549Z",
  finished_at: "2025-01-01T00:20:00.056549Z",
  exec_created_at: "2025-01-01T00:00:00Z",
  exec_updated_at: "2025-01-01T00:20:00Z",
  val_errors: null,
  spec: { nodes: [] },
  tasks: Array.from({ length: 10 }, (_, n) => task(n))
})
