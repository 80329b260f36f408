/** The operations of blocks, which belong to no project. */
import { operationsOf } from "../Resource.js"

const blocks = "/v0/blocks"

export const operations = operationsOf(
  { method: "GET", query: [], needs: "view", subject: "block" },
  {
    listBlocks: { route: blocks, query: ["mode"], role: "list", items: "blocks" },
    getBlockVersions: { route: `${blocks}/{name}`, role: "list", key: "name", items: "blocks" },
    getBlockByVersion: { route: `${blocks}/{name}/versions/{version}`, role: "read", key: "name" }
  }
)
