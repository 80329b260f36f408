import { availableParallelism, cpus, loadavg } from "node:os"
import { calls } from "./calls.js"
import { cli } from "./cli.js"
import { decoding } from "./decoding.js"
import { download } from "./download.js"
import { waits } from "./waits.js"

/** Those of the mock server and of the command line need them built. */
const benchmarks = new Map([
  ["decoding", decoding],
  ["calls", calls],
  ["waits", waits],
  ["download", download],
  ["cli", cli],
  ["mock:worlds", async () => (await import("./mock/worlds.js")).worlds()],
  ["mock:memory", async () => (await import("./mock/memory.js")).memory()],
  ["mock:start", async () => (await import("./mock/start.js")).starting()],
  ["mock:throughput", async () => (await import("./mock/throughput.js")).throughput()]
])

/** All of them, or those with these names; `mock` is all that are about the mock server. */
const words = process.argv.slice(2)
const wanted = [...benchmarks].filter(
  ([name]) => words.length === 0 || words.some((word) => name === word || name.startsWith(`${word}:`))
)
if (wanted.length === 0)
  throw new Error(`found ${words.join(" ")}, expected some of ${[...benchmarks.keys()].join(" ")}`)

const [processor] = cpus()
console.log(
  `Node ${process.version} on ${process.platform} ${process.arch}, ${availableParallelism()} cores` +
    ` (${processor?.model.trim() ?? "unknown"}), load ${loadavg()[0]?.toFixed(1)} at the start`
)
for (const [, run] of wanted) await run()
