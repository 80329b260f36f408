/** An unpacking process: waits for a line on stdin, and prints its result or its failure as JSON. */
import { once } from "node:events"
import { readdirSync } from "node:fs"
import * as Effect from "effect/Effect"
import { defaultLimits, unpack } from "../src/unpack.js"

const [, , path = "", folder = ""] = process.argv

const main = async () => {
  process.stdout.write("ready\n")
  await once(process.stdin, "data")
  const result = await Effect.runPromise(Effect.either(unpack(path, folder, defaultLimits)))
  // immediately, before another process can complete it
  const there = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile()).length
  process.stdout.write(
    `${JSON.stringify({ outcome: result._tag === "Right" ? result.right : result.left.message, there })}\n`
  )
}

main().finally(() => process.stdin.destroy())
