// Bundles the benchmarks as a consumer's build would, and runs them: what runs sources would measure itself too.
// `npm run bench -- decoding mock:start` runs these alone; `mock` is all that begin so.
import { execFileSync, spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { bundle } from "../../mock-server/bundle.mjs"

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const wanted = process.argv.slice(2)
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
  // as it is published, with its fixtures
  external: ["@effect-pixxel/mock-server"],
  logLevel: "error",
  tsconfig: at("../../tsconfig.base.json")
})
if (wanted.length === 0 || wanted.some((name) => name.startsWith("mock"))) {
  execFileSync(process.execPath, [at("../../mock-server/build.mjs")], { stdio: "inherit" })
  // what it is compared with is made in the same way
  await bundle(at("src/mock/bare.ts"), at("dist/mock"))
}
if (wanted.length === 0 || wanted.includes("cli")) {
  execFileSync(process.execPath, [at("../cli/build.mjs")], { stdio: "inherit" })
  // all inside, as `pixxel` has it
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
const { status } = spawnSync(process.execPath, ["--expose-gc", at("dist/main.mjs"), ...wanted], { stdio: "inherit" })
process.exit(status ?? 1)
