// Bundles the benchmarks like a consumer's build, and runs them: a TypeScript runner would add its own cost.
// `npm run bench -- decoding mock:start` runs only these; `mock` runs all whose names begin with it.
import { execFileSync, spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { bundle } from "../../mock-server/bundle.mjs"

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const selected = process.argv.slice(2)
await build({
  entryPoints: [
    ...["main.ts", "server.mjs", "waits/server.mjs"],
    ...["downloadStore.ts", "downloadFetcher.ts", "mock/usage.mjs"]
  ].map((name) => at(`src/${name}`)),
  outdir: at("dist"),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  packages: "external",
  // as published, with its fixtures
  external: ["@effect-pixxel/mock-server"],
  logLevel: "error",
  tsconfig: at("../../tsconfig.base.json")
})
if (selected.length === 0 || selected.some((name) => name.startsWith("mock"))) {
  execFileSync(process.execPath, [at("../../mock-server/build.mjs")], { stdio: "inherit" })
  // bundle the baseline in the same way
  await bundle(at("src/mock/bare.ts"), at("dist/mock"))
}
if (selected.length === 0 || selected.includes("cli")) {
  execFileSync(process.execPath, [at("../cli/build.mjs")], { stdio: "inherit" })
  // bundle all dependencies, like `pixxel`
  await build({
    entryPoints: [at("src/cliFloor.ts")],
    outfile: at("dist/cliFloor.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    logLevel: "error"
  })
}
const { status } = spawnSync(process.execPath, ["--expose-gc", at("dist/main.mjs"), ...selected], { stdio: "inherit" })
process.exit(status ?? 1)
