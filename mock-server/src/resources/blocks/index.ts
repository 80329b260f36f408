/** Blocks. They are those of the fixtures, and the same in every world: no operation changes them. */
import type { Resource } from "../Resource.js"
import { type BlockFixture, quirks, shape } from "./fixture.js"
import { operations } from "./operations.js"
import { handlers } from "./routes.js"

export const blocks = {
  operations,
  handlers,
  fixtures: {
    blocks: {
      shape,
      schema: "block",
      key: "file",
      claims: ({ name, version }: BlockFixture): ReadonlyArray<{ readonly path: [string]; readonly name: string }> => [
        { path: ["version"], name: `${name} ${version}` }
      ]
    }
  },
  quirks
} as const satisfies Resource
