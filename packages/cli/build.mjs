/**
 * Bundles `pixxel` (into `dist`, or the folder that is given) as CommonJS, which starts sooner than modules do: a small
 * entry, one chunk of what every command needs, and chunks that are loaded when they are needed, the mock server above
 * all. All is inside, for a fast start and for one copy of Effect; the fixtures lie beside it.
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
  // names stay, for stack traces
  minifyWhitespace: true,
  legalComments: "none",
  logLevel: "warning"
}
const bundled = {
  ...common,
  bundle: true,
  write: false,
  // its paths lead to the sources of the client and the mock
  tsconfig: here("../../tsconfig.base.json"),
  // for platform "node" the CommonJS form comes first, and jsonc-parser's loads its parts at run time
  mainFields: ["module", "main"]
}
/** Where Chunks.ts runs it, a module has no `import()` of its own. */
const asChunk = { format: "cjs", supported: { "dynamic-import": false } }

// esbuild splits modules alone
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
/** The parts that are loaded together with a part. */
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

/** Hands out what a part exports, in an object that is not made unless a later chunk asks for it. */
const handedOut = (name, at) => {
  const { exports } = outputs.get(name)
  return {
    imported: `import { ${exports.map((it) => `${it} as ${it}_${at}`)} } from "./${name}"`,
    entry: `"./${name}": () => ({ ${exports.map((it) => `get ${it}() { return ${it}_${at} }`)} })`
  }
}
const handed = [...shared].map(handedOut)

/** What every command needs, in one scope. */
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

/** What a chunk finds around it: see Chunks.ts. */
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
