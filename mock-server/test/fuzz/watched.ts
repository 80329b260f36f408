/**
 * A mock server in a process of its own, in which Node writes down every file operation after the start, those that are
 * synchronous too. `watched.ts <fixtures> <admin token>` says where it listens; at the end of its input it looks once for the file
 * `the-end` itself, so that who reads the record sees that there is one.
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
// what a stream loads when it is used for the first time
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
