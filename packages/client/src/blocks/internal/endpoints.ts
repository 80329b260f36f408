/** The block operations. */
import { read } from "../../internal/endpoint.js"
import * as query from "../../internal/query.js"
import { json, list } from "../../internal/success.js"
import { Block } from "../Block.js"

export const listBlocks = read({
  operation: "listBlocks",
  name: "BlocksApi.list",
  path: "/v0/blocks",
  query: { mode: query.text("mode") },
  success: list("blocks", Block)
})

export const getBlockVersions = read({
  operation: "getBlockVersions",
  name: "BlocksApi.versions",
  path: "/v0/blocks/{name}",
  success: list("blocks", Block)
})

export const getBlockByVersion = read({
  operation: "getBlockByVersion",
  name: "BlocksApi.get",
  path: "/v0/blocks/{name}/versions/{version}",
  success: json(Block)
})
