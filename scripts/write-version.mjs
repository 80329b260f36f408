// Writes the version from the client's package.json into its source.
import { readFileSync, writeFileSync } from "node:fs"

const { version } = JSON.parse(readFileSync("packages/client/package.json", "utf8"))
writeFileSync(
  "packages/client/src/internal/version.ts",
  `/** The version of this package, from its package.json. Written by \`npm run version-packages\`. */
export const version = "${version}"
`
)
