/**
 * Reports the sizes of bundles of the built client: one per service, and one of all. Fails if the bundle of a service
 * holds a module of another resource, or if a bundle exceeds its budget.
 *
 * With an argument, measures the build of another checkout instead, and checks nothing.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { build } from "esbuild"

const [other] = process.argv.slice(2)
const root = other ?? fileURLToPath(new URL("..", import.meta.url))
const built = join(root, "packages/client/dist")

/** The largest size of a service's own code in bytes, minified. */
const budgets = { "jobs/JobsApi": 85_400 }

/**
 * The modules of another resource that a service needs: the estimate for `maxCost`, and the assets of a visualization
 * for its days.
 */
const shared = {
  "jobs/JobsApi": ["workflows/CostEstimate.js", "workflows/internal/estimate.js"],
  "visualizations/VisualizationsApi": ["assets/Asset.js", "assets/internal/listAssets.js"]
}

const services = readdirSync(built, { recursive: true, withFileTypes: true })
  .filter(({ name }) => name.endsWith("Api.js") && /^[A-Z]/.test(name))
  .map(({ name, parentPath }) => join(parentPath, name).slice(built.length + 1, -".js".length))
  .sort()

/** Bundles an entry, and lists the modules of the client whose code it holds. */
const bundle = async (entry, external) => {
  const { metafile, outputFiles } = await build({
    absWorkingDir: built,
    entryPoints: [`${entry}.js`],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    external,
    write: false,
    outdir: "out",
    metafile: true
  })
  const [{ inputs }] = Object.values(metafile.outputs)
  const modules = Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0)
  return { text: outputFiles[0].text, modules }
}

/** Own code is the bundle without the statements that import the peers. */
const withoutImports = (text) => text.replaceAll(/import(?:\*as [\w$]+ |[\w$]+ |\{[^}]*\})from"[^"]+";/g, "")

const format = (text) => {
  const [full, gzipped] = [Buffer.byteLength(text), gzipSync(text, { level: 9 }).length]
  return [full, gzipped].map((bytes) => (bytes / 1000).toFixed(1).padStart(9)).join("")
}

const problems = []
console.log(`${"kB".padEnd(28)}      own  gzipped   effect  gzipped`)
for (const entry of [...services, "index"]) {
  const { modules, text } = await bundle(entry, ["effect", "@effect/*"])
  const own = withoutImports(text)
  const whole = await bundle(entry, [])
  console.log(`${entry.padEnd(28)}${format(own)}${format(whole.text)}`)
  const [folder] = entry.split("/")
  if (own.length > budgets[entry]) problems.push(`${entry} has ${own.length} bytes: the budget is ${budgets[entry]}`)
  if (entry === "index") continue
  for (const module of modules) {
    const isForeign = /^[a-z]+\//.test(module) && !module.startsWith(`${folder}/`) && !module.startsWith("internal/")
    if (isForeign && !shared[entry]?.includes(module)) problems.push(`${entry} holds ${module} of another resource`)
  }
}
if (other === undefined && problems.length > 0) {
  console.error(problems.join("\n"))
  process.exitCode = 1
}
