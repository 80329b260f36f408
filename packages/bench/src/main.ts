import { availableParallelism, cpus, loadavg } from "node:os"
import { calls } from "./calls.js"
import { decoding } from "./decoding.js"
import { memory } from "./mock/memory.js"
import { starting } from "./mock/start.js"
import { throughput } from "./mock/throughput.js"
import { worlds } from "./mock/worlds.js"

const benchmarks = new Map([
  ["decoding", decoding],
  ["calls", calls],
  ["mock:worlds", worlds],
  ["mock:memory", memory],
  ["mock:start", starting],
  ["mock:throughput", throughput]
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
