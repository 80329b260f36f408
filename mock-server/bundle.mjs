/**
 * Bundles a module and its imports, so that it starts without opening 200 files. Modules that it loads later have files
 * of their own.
 */
import { build } from "esbuild"

export const bundle = (entryPoint, outdir, name) =>
  build({
    entryPoints: [name === undefined ? entryPoint : { in: entryPoint, out: name }],
    outdir,
    metafile: true,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    platform: "node",
    format: "esm",
    target: "node20.19",
    // for platform "node" the CommonJS form comes first, and jsonc-parser's loads its parts at run time
    mainFields: ["module", "main"],
    // Fastify is CommonJS, and requires Node's own modules; another name than the one that a bundled module takes
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire as requireFrom } from "node:module"\nconst require = requireFrom(import.meta.url)'
    },
    legalComments: "external",
    logLevel: "warning"
  })
