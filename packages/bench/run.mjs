// Bundles the benchmarks as a consumer's build would, and runs them: what runs sources would measure itself too.
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
await build({
  entryPoints: [at("src/main.ts"), at("src/server.mjs")],
  outdir: at("dist"),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  logLevel: "error",
  tsconfig: at("../../tsconfig.base.json")
})
process.exit(spawnSync(process.execPath, [at("dist/main.mjs")], { stdio: "inherit" }).status ?? 1)
