// Writes the version of the client into its source, from its package.json
import { readFileSync, writeFileSync } from "node:fs"

const { version } = JSON.parse(readFileSync("packages/client/package.json", "utf8"))
writeFileSync(
  "packages/client/src/internal/version.ts",
  `/** The version of this package, as in its package.json. Written by \`npm run version-packages\`. */
export const version = "${version}"
`
)
