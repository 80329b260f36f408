/**
 * Bundles `pixxel` (into `dist`, or the given folder) as CommonJS, which starts faster than ES modules: a small entry,
 * the code of every command, and chunks that are loaded on demand, above all the mock server. All dependencies are
 * bundled, for a fast start and a single copy of Effect; the fixtures are copied beside the bundle.
 */
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { build, transform } from "esbuild"
import { writeNotices } from "../../scripts/notices.mjs"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const outdir = process.argv[2] ?? here("dist")
const fixtures = join(outdir, "../fixtures")

const common = {
  platform: "node",
  target: "node20.19",
  // keeps names, for stack traces
  minifyWhitespace: true,
  legalComments: "none",
  logLevel: "warning"
}
const bundled = {
  ...common,
  bundle: true,
  // its paths resolve to the sources of the client and the mock
  tsconfig: here("../../tsconfig.base.json"),
  // platform "node" prefers the CommonJS form, and jsonc-parser's loads its parts at run time
  mainFields: ["module", "main"],
  outdir,
  outExtension: { ".js": ".cjs" }
}

const program = here("src/process.ts")

/**
 * Every module that is loaded on demand also imports the program, which is loaded before it: all modules of the program
 * then have the same users, so esbuild keeps them in one chunk. It would otherwise make a chunk for each set of users,
 * and in CommonJS each reference from one chunk to another calls a getter: a tenth of the time of a start.
 */
const onDemand = {
  name: "on demand",
  setup: ({ onLoad, onResolve, resolve }) => {
    onResolve({ filter: /./, namespace: "file" }, async ({ kind, path, resolveDir, pluginData, importer }) => {
      if (kind !== "dynamic-import" || pluginData === onDemand || importer.includes("node_modules")) return undefined
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: onDemand })
      return { path: found.path, namespace: "on demand" }
    })
    onLoad({ filter: /./, namespace: "on demand" }, ({ path }) => ({
      contents: `export * from ${JSON.stringify(path)}; export { start as program } from ${JSON.stringify(program)}`,
      resolveDir: here(".")
    }))
  }
}

// esbuild splits only ES modules
const split = await build({
  ...bundled,
  entryPoints: [program],
  plugins: [onDemand],
  splitting: true,
  format: "esm",
  write: false,
  define: { "import.meta.url": "moduleUrl" },
  metafile: true
})
const moduleUrl = 'const moduleUrl=require("node:url").pathToFileURL(__filename).href;'

for (const made of [outdir, fixtures]) rmSync(made, { recursive: true, force: true })
cpSync(here("../../fixtures"), fixtures, { recursive: true })
mkdirSync(outdir, { recursive: true })
for (const { path, text } of split.outputFiles) {
  const banner = text.includes("moduleUrl") ? moduleUrl : ""
  const { code } = await transform(text, { ...common, banner, format: "cjs", supported: { "dynamic-import": false } })
  writeFileSync(join(outdir, basename(path)), code)
}
await build({
  ...bundled,
  entryPoints: [here("src/bin.ts")],
  format: "cjs",
  supported: { "dynamic-import": false },
  plugins: [
    {
      name: "program",
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/process\.js$/ }, () => ({ path: "./process.cjs", external: true }))
    }
  ]
})
writeNotices(join(outdir, "../THIRD-PARTY-NOTICES.txt"), [split])
chmodSync(join(outdir, "bin.cjs"), 0o755)
