/**
 * Builds the package: the library with its types, the fixtures beside it, and `pixxel-mock` in as few files as its
 * parts that are loaded later allow.
 */
import { execFileSync } from "node:child_process"
import { chmodSync, cpSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { bundle } from "./bundle.mjs"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const typescript = createRequire(import.meta.url).resolve("typescript/bin/tsc")

for (const made of ["dist", "fixtures"]) rmSync(here(made), { recursive: true, force: true })
cpSync(here("../fixtures"), here("fixtures"), { recursive: true })
execFileSync(process.execPath, [typescript, "-p", here("tsconfig.build.json")], { stdio: "inherit" })
// the fixtures are checked now, and not again whenever a server starts
const { shippedFixtures } = await import("./dist/fixtures/load.js")
const { checkedFile, writeChecked } = await import("./dist/fixtures/checked.js")
writeFileSync(here(`fixtures/${checkedFile}`), writeChecked(shippedFixtures()))
await bundle(here("src/bin.ts"), here("dist"))
chmodSync(here("dist/bin.js"), 0o755)
// a module that the bundle lacks shows when it is loaded
execFileSync(here("dist/bin.js"), ["--version"])
