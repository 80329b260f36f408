/**
 * A mock server in its own process, in which Node records all file operations after the start, including synchronous
 * ones. `watched.ts <fixtures> <admin token>` prints its addresses; at the end of its input it accesses the file
 * `the-end` once, so that a reader can see that the record works.
 */
import { existsSync } from "node:fs"
import { createTracing } from "node:trace_events"
import { RealClock } from "../../src/clock/RealClock.js"
import { buildServer } from "../../src/server.js"

const [, , fixtures, token = ""] = process.argv
const app = buildServer({
  fixtures,
  admin: { token },
  clock: () => new RealClock({ scale: 1_000 }),
  onDefect: (error) => console.error(error)
})
const url = await app.listen({ port: 0, host: "127.0.0.1" })
const storage = await app.mock.storageUrl()
// modules that a stream loads on first use
process.stdin.resume()
process.stdout.write("\n")

const tracing = createTracing({ categories: ["node.fs.sync", "node.fs.async"] })
tracing.enable()
process.stdout.write(`${JSON.stringify({ api: Number(new URL(url).port), storage: Number(new URL(storage).port) })}\n`)

process.stdin.on("end", () => {
  existsSync("the-end")
  tracing.disable()
  void app.close()
})
