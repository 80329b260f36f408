/**
 * Bundles `pixxel` (into `dist`, or the given folder) as CommonJS, which starts faster than ES modules: a small entry,
 * one chunk for the code of every command, and chunks that are loaded on demand, above all the mock server. All
 * dependencies are bundled, for a fast start and a single copy of Effect; the fixtures are copied beside the bundle.
 */
import { createHash } from "node:crypto"
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
  write: false,
  // its paths resolve to the sources of the client and the mock
  tsconfig: here("../../tsconfig.base.json"),
  // platform "node" prefers the CommonJS form, and jsonc-parser's loads its parts at run time
  mainFields: ["module", "main"]
}
/** A module run by Chunks.ts has no `import()`. */
const asChunk = { format: "cjs", supported: { "dynamic-import": false } }

// esbuild splits only ES modules
const split = await build({
  ...bundled,
  entryPoints: { main: here("src/process.ts") },
  outdir: "/",
  outExtension: { ".js": ".cjs" },
  splitting: true,
  format: "esm",
  metafile: true,
  define: { "import.meta.url": "moduleUrl" }
})
const parts = new Map(split.outputFiles.map(({ path, text }) => [basename(path), text]))
const outputs = new Map(Object.entries(split.metafile.outputs).map(([path, output]) => [basename(path), output]))
/** The parts imported statically by a part. */
const importsOf = (name) =>
  outputs
    .get(name)
    .imports.filter(({ kind }) => kind === "import-statement")
    .map(({ path }) => basename(path))
    .filter((imported) => parts.has(imported))

const needed = new Set(["main.cjs"])
for (const name of needed) for (const imported of importsOf(name)) needed.add(imported)
const later = [...parts.keys()].filter((name) => !needed.has(name))
const shared = new Set(later.flatMap(importsOf).filter((name) => needed.has(name)))

/** Exposes the exports of a part, in an object created on demand by a later chunk. */
const handedOut = (name, at) => {
  const { exports } = outputs.get(name)
  return {
    imported: `import { ${exports.map((it) => `${it} as ${it}_${at}`)} } from "./${name}"`,
    entry: `"./${name}": () => ({ ${exports.map((it) => `get ${it}() { return ${it}_${at} }`)} })`
  }
}
const handed = [...shared].map(handedOut)

/** The code of every command, in one scope. */
const main = await build({
  ...bundled,
  ...asChunk,
  stdin: {
    contents: [
      ...handed.map(({ imported }) => imported),
      'export { start } from "./main.cjs"',
      `export const parts = { ${handed.map(({ entry }) => entry)} }`
    ].join("\n")
  },
  plugins: [
    {
      name: "parts",
      setup: ({ onLoad, onResolve }) => {
        onResolve({ filter: /^\.\// }, ({ path }) =>
          needed.has(basename(path)) ? { path, namespace: "part" } : { path, external: true }
        )
        onLoad({ filter: /./, namespace: "part" }, ({ path }) => ({ contents: parts.get(basename(path)) }))
      }
    }
  ]
})
const chunks = new Map([["main.cjs", main.outputFiles[0].text]])
for (const name of later) chunks.set(name, (await transform(parts.get(name), { ...common, ...asChunk })).code)

/** Wraps a chunk in its module function: see Chunks.ts. */
const wrapped = (text) => `(function (module, require, moduleUrl) {${text}\n})`

const digest = createHash("sha256")
for (const [name, text] of chunks) digest.update(`${name}\0${text}\0`)

for (const made of [outdir, fixtures]) rmSync(made, { recursive: true, force: true })
cpSync(here("../../fixtures"), fixtures, { recursive: true })
mkdirSync(outdir, { recursive: true })
for (const [name, text] of chunks) writeFileSync(join(outdir, name), wrapped(text))
await build({
  ...bundled,
  ...asChunk,
  write: true,
  entryPoints: [here("src/bin.ts")],
  outdir,
  outExtension: { ".js": ".cjs" },
  define: { BUILD: JSON.stringify(digest.digest("hex")) }
})
writeNotices(join(outdir, "../THIRD-PARTY-NOTICES.txt"), [split])
chmodSync(join(outdir, "bin.cjs"), 0o755)
