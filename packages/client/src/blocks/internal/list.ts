/** Lists blocks, in either documented form. */
import * as Effect from "effect/Effect"
import { call } from "../../internal/call.js"
import type { Connection } from "../../internal/connection.js"
import { read } from "../../internal/endpoint.js"
import * as query from "../../internal/query.js"
import { list as listOf } from "../../internal/success.js"
import { Block } from "../Block.js"
import type { BlocksApi } from "../BlocksApi.js"
import * as endpoints from "./endpoints.js"

/** The form of the guide: its paths are those of blocks named `insights` and `workflows`. */
const guided = read({
  operation: "listBlocks",
  name: "BlocksApi.list",
  path: "/v0/blocks/{modes}",
  query: { name: query.text("name"), version: query.text("version") },
  success: listOf("blocks", Block)
})

export const list =
  (http: Connection) =>
  (input: BlocksApi.ListInput = {}) =>
    Effect.map(
      input.form === "guide"
        ? call(http, guided, { modes: `${input.mode}s`, name: input.name, version: input.version })
        : call(http, endpoints.listBlocks, { mode: input.mode }),
      ({ items }) => items
    )
