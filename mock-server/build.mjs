/**
 * Builds the package: the library with its types, the fixtures beside it, and `pixxel-mock` in as few files as its
 * parts that are loaded later allow.
 */
import { execFileSync } from "node:child_process"
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { writeNotices } from "../scripts/notices.mjs"
import { bundle } from "./bundle.mjs"
import { writePlainTypes } from "./scripts/plain-types.mjs"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const typescript = createRequire(import.meta.url).resolve("typescript/bin/tsc")

for (const made of ["dist", "fixtures"]) rmSync(here(made), { recursive: true, force: true })
cpSync(here("../fixtures"), here("fixtures"), { recursive: true })
execFileSync(process.execPath, [typescript, "-p", here("tsconfig.build.json")], { stdio: "inherit" })
await writePlainTypes(here("dist"))
// Fastify comes along: a dependency of it that a consumer's package manager chooses wants a newer Node than this does
const vendored = await bundle("fastify", here("dist/vendor"), "fastify")
// no public type has a type of Fastify: its declarations stay behind
writeFileSync(
  here("dist/vendor/fastify.d.ts"),
  ["FastifyInstance", "FastifyReply", "FastifyRequest"].map((name) => `export type ${name} = unknown\n`).join("")
)
for (const name of readdirSync(here("dist"), { recursive: true, encoding: "utf8" })) {
  if (!/\.(js|d\.ts)$/.test(name) || name.startsWith("vendor")) continue
  const path = join(here("dist"), name)
  const text = readFileSync(path, "utf8")
  const vendor = `${"../".repeat(name.split(sep).length - 1) || "./"}vendor/fastify.js`
  writeFileSync(path, text.replace(/ from "fastify"/g, ` from "${vendor}"`))
}
// the fixtures are checked now, and not again whenever a server starts
const { shippedFixtures } = await import("./dist/fixtures/load.js")
const { checkedFile, writeChecked } = await import("./dist/fixtures/checked.js")
writeFileSync(here(`fixtures/${checkedFile}`), writeChecked(shippedFixtures()))
const command = await bundle(here("src/bin.ts"), here("dist"))
writeNotices(here("THIRD-PARTY-NOTICES.txt"), [vendored, command])
chmodSync(here("dist/bin.js"), 0o755)
// a module that the bundle lacks shows when it is loaded
execFileSync(here("dist/bin.js"), ["--version"])
