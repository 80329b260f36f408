/** The packages that are published, and their contents. */
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The public packages: their folders from the root, and their manifests. */
export const published = ["mock-server", ...readdirSync(join(root, "packages")).map((name) => join("packages", name))]
  .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) }))
  .filter(({ manifest }) => !manifest.private)

/** The arguments of npm that select them. */
export const workspaces = published.flatMap(({ folder }) => ["--workspace", folder])

/** The files in the tarballs of the public packages, by the name of the package. */
export const packedFiles = () => {
  const packed = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", ...workspaces], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"]
    })
  )
  // a list, or in other versions of npm an object by name
  const entries = Array.isArray(packed) ? packed.map((entry) => [entry.name, entry]) : Object.entries(packed)
  return new Map(entries.map(([name, { files }]) => [name, files.map(({ path }) => path)]))
}
