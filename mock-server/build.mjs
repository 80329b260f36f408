/**
 * Builds the package: the library with its types, the fixtures beside it, and `pixxel-mock` as one file, so that it
 * starts without looking for 200 modules.
 */
import { execFileSync } from "node:child_process"
import { chmodSync, cpSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const typescript = createRequire(import.meta.url).resolve("typescript/bin/tsc")

for (const made of ["dist", "fixtures"]) rmSync(here(made), { recursive: true, force: true })
cpSync(here("../fixtures"), here("fixtures"), { recursive: true })
execFileSync(process.execPath, [typescript, "-p", here("tsconfig.build.json")], { stdio: "inherit" })
await build({
  entryPoints: [here("src/bin.ts")],
  outfile: here("dist/bin.js"),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  // for platform "node" the CommonJS form comes first, and jsonc-parser's loads its parts at run time
  mainFields: ["module", "main"],
  // Fastify is CommonJS, and requires Node's own modules; another name than the one that a bundled module takes
  banner: {
    js: '#!/usr/bin/env node\nimport { createRequire as requireFrom } from "node:module"\nconst require = requireFrom(import.meta.url)'
  },
  legalComments: "none",
  logLevel: "warning"
})
chmodSync(here("dist/bin.js"), 0o755)
// a module that the bundle lacks shows when it is loaded
execFileSync(here("dist/bin.js"), ["--version"])
