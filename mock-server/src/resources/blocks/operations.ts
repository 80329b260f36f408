/** The operations of blocks, which belong to no project. */
import { operationsOf } from "../Resource.js"

export const operations = operationsOf(
  { query: [], needs: "view", subject: "block" },
  {
    listBlocks: { at: "GET /v0/blocks", query: ["mode"], role: "list", items: "blocks" },
    getBlockVersions: { at: "GET /v0/blocks/{name}", role: "list", key: "name", items: "blocks" },
    getBlockByVersion: { at: "GET /v0/blocks/{name}/versions/{version}", role: "read", key: "name" }
  }
)
