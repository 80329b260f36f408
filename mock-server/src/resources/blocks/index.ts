/**
 * Blocks, which belong to no project. They are those of the fixtures, and the same in every world: no operation changes
 * them.
 */
import { operationsOf, type Resource } from "../Resource.js"
import { type BlockFixture, quirks, shape } from "./fixture.js"
import { handlers } from "./routes.js"

export const operations = operationsOf(
  { query: [], needs: "view", subject: "block" },
  {
    listBlocks: { at: "GET /v0/blocks", query: ["mode"], role: "list", items: "blocks" },
    getBlockVersions: { at: "GET /v0/blocks/{name}", role: "list", key: "name", items: "blocks" },
    getBlockByVersion: { at: "GET /v0/blocks/{name}/versions/{version}", role: "read", key: "name" }
  }
)

export const blocks = {
  operations,
  handlers,
  fixtures: {
    blocks: {
      shape,
      key: "file",
      claims: ({ name, version }: BlockFixture): ReadonlyArray<{ readonly path: [string]; readonly name: string }> => [
        { path: ["version"], name: `${name} ${version}` }
      ]
    }
  },
  quirks
} as const satisfies Resource
