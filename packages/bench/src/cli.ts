/**
 * Measures `pixxel` as a whole process against an empty Node process, with and without compiled code from an earlier
 * start. The API is a server in this process with a prepared answer, so that the server takes no time.
 * NODE_EXTRA_CA_CERTS triples the start of Node itself, which makes every ratio look better.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { pairs, type Side } from "./table.js"

/** Relative to the bundle of the benchmarks. */
const program = fileURLToPath(new URL("../../cli/dist/bin.cjs", import.meta.url))

const leastCommand = fileURLToPath(new URL("./cliFloor.mjs", import.meta.url))

const rounds = 30

const side = (name: string, args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}): Side => ({
  name,
  measure: async () => {
    const began = performance.now()
    const [code] = await once(
      spawn(process.execPath, [...args], { stdio: "ignore", env: { ...process.env, ...env } }),
      "exit"
    )
    const took = performance.now() - began
    if (code !== 0) throw new Error(`${name} ended with ${code}`)
    return [took]
  }
})

const nothing = side("node -e 0", ["-e", "0"])

const units = [{ name: "milliseconds", digits: 0 }]

const task = { id: "task-1", name: "classify-crops", status: "completed", progress: 100, time_taken: "2m30s" }
const job = { id: "job-1", status: "completed", progress: "100%", created_at: "2025-04-14T00:00:00Z", tasks: [task] }

export const cli = async () => {
  await pairs("pixxel --version", units, [nothing, side("pixxel --version", [program, "--version"])], rounds)
  const server = createServer((_, response) => response.end(JSON.stringify(job)))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo // of a server that listens on TCP
  const cache = mkdtempSync(join(tmpdir(), "pixxel-"))
  const env = { PIXXEL_API_KEY: "key", PIXXEL_BASE_URL: `http://127.0.0.1:${port}`, XDG_CACHE_HOME: cache }
  const line = [program, "jobs", "get", "--workflow", "wf-1", "--job", "job-1"]
  const get = side("pixxel jobs get", line, env)
  await get.measure()
  await pairs("pixxel jobs get, from a local server", units, [nothing, get], rounds)
  const first = side("pixxel jobs get", line, { ...env, NODE_DISABLE_COMPILE_CACHE: "1" })
  await pairs("the same without compiled code", units, [nothing, first], rounds)
  rmSync(cache, { recursive: true })
  server.close()
  const least = side("an empty command", [leastCommand, "--job", "job-1"])
  await pairs("an empty command on @effect/cli, as a floor", units, [nothing, least], rounds)
}
