// Adds the optional packages of other platforms that npm omitted from the lockfile because its registry lacked them:
// without them `npm ci` rejects the lockfile on every machine. Run it after `npm install`.
import { spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"

const file = "package-lock.json"
const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"]
const processors = ["arm64", "arm", "ia32", "loong64", "ppc64", "riscv64", "s390x", "x64"]

const missing = () => {
  const { stderr } = spawnSync("npm", ["ci", "--dry-run"], { encoding: "utf8" })
  return [...new Set([...stderr.matchAll(/Missing: (\S+)@\S* from lock file/g)].map(([, name]) => name))]
}

const lock = JSON.parse(readFileSync(file, "utf8"))
for (const name of missing()) {
  const owner = Object.values(lock.packages).find(({ optionalDependencies }) => optionalDependencies?.[name])
  if (owner === undefined)
    throw new Error(`${name} is missing and no package has it as an optional dependency. Run npm install`)
  const words = name.split("/").at(-1).split("-")
  const os = systems.find((system) => words.includes(system))
  const cpu = processors.find((processor) => words.includes(processor))
  const libc = os === "linux" && (words.some((word) => word.startsWith("musl")) ? "musl" : words.length > 3 && "glibc")
  lock.packages[`node_modules/${name}`] = {
    version: owner.optionalDependencies[name],
    ...(cpu && { cpu: [cpu] }),
    ...(owner.dev && { dev: true }),
    ...(libc && { libc: [libc] }),
    optional: true,
    ...(os && { os: [os] })
  }
  console.log(`added ${name}`)
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)

const left = missing()
if (left.length > 0) throw new Error(`npm ci still misses ${left.join(", ")}`)
