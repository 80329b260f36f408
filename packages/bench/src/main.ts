import { availableParallelism, cpus, loadavg } from "node:os"
import { calls } from "./calls.js"
import { cli } from "./cli.js"
import { decoding } from "./decoding.js"
import { download } from "./download.js"
import { waits } from "./waits.js"

/** The benchmarks of the mock server and the command line need a build. */
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

/** All benchmarks, or those with these names; `mock` selects all of the mock server. */
const names = process.argv.slice(2)
const selected = [...benchmarks].filter(
  ([name]) => names.length === 0 || names.some((prefix) => name === prefix || name.startsWith(`${prefix}:`))
)
if (selected.length === 0)
  throw new Error(`found ${names.join(" ")}, expected some of ${[...benchmarks.keys()].join(" ")}`)

const [processor] = cpus()
console.log(
  `Node ${process.version} on ${process.platform} ${process.arch}, ${availableParallelism()} cores` +
    ` (${processor?.model.trim() ?? "unknown"}), load ${loadavg()[0]?.toFixed(1)} at the start`
)
for (const [, run] of selected) await run()
