/**
 * Bundles `pixxel` (into `dist`, or the folder that is given): a small entry, and chunks that are loaded when they are
 * needed. All is inside, for a fast start and for one copy of Effect; the mock server is a chunk that only `--mock`
 * loads, and its fixtures lie beside the bundle.
 */
import { chmodSync, cpSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const outdir = process.argv[2] ?? here("dist")

const fixtures = join(outdir, "../fixtures")

for (const made of [outdir, fixtures]) rmSync(made, { recursive: true, force: true })
cpSync(here("../../fixtures"), fixtures, { recursive: true })
await build({
  entryPoints: [here("src/bin.ts")],
  outdir,
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  // its paths lead to the sources of the client and the mock
  tsconfig: here("../../tsconfig.base.json"),
  // for platform "node" the CommonJS form comes first, and jsonc-parser's loads its parts at run time
  mainFields: ["module", "main"],
  // Fastify is CommonJS, and requires Node's own modules; another name than the one that a bundled module takes
  banner: {
    js: '#!/usr/bin/env node\nimport { createRequire as requireFrom } from "node:module"\nconst require = requireFrom(import.meta.url)'
  },
  legalComments: "none",
  logLevel: "warning"
})
chmodSync(join(outdir, "bin.js"), 0o755)
