/** The packages of a consumer: the packed packages, and a consistent set of Effect's packages. */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { workspaces } from "../published.mjs"
import { workFolder } from "./tools.mjs"

const root = fileURLToPath(new URL("../..", import.meta.url))
const readJson = (path) => JSON.parse(readFileSync(join(root, path), "utf8"))

/**
 * Builds and packs the packages. Returns their tarballs by name. File names contain a hash of the content, since
 * package managers cache a tarball by its path.
 */
export const packAll = () => {
  const folder = join(workFolder, "tarballs")
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  execFileSync("npm", ["run", "build"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] })
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder, ...workspaces], { cwd: root, stdio: "ignore" })
  return Object.fromEntries(
    readdirSync(folder).map((file) => {
      const hash = createHash("sha256")
        .update(readFileSync(join(folder, file)))
        .digest("hex")
        .slice(0, 12)
      const named = join(folder, file.replace(/\.tgz$/, `-${hash}.tgz`))
      renameSync(join(folder, file), named)
      return [file.replace(/^effect-pixxel-(.*)-\d+\.\d+\.\d+.*$/, "@effect-pixxel/$1"), `file:${named}`]
    })
  )
}

/** The floor has the versions of `packages/floor`, the newest set those of the workspace. */
export const effectSet = (label) => {
  if (label === "floor") return readJson("packages/floor/package.json").devDependencies
  const { packages } = readJson("package-lock.json")
  const direct = ["effect", "@effect/platform", "@effect/platform-node"]
  // the peers of @effect/platform-node
  const peers = ["cluster", "rpc", "sql", "workflow", "experimental"].map((name) => `@effect/${name}`)
  return Object.fromEntries(
    [...direct, ...peers].flatMap((name) => {
      const { version } = packages[`node_modules/${name}`] ?? {}
      return version === undefined ? [] : [[name, version]]
    })
  )
}
