/** Several processes unpacking into one folder, and a killed one. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { afterAll, assert, describe, it } from "vitest"
import { bundled } from "../../../vitest.program.js"
import { size } from "../../../vitest.size.js"
import { defaultLimits, type Unpacked, unpack } from "../src/unpack.js"
import { zip } from "./zip.js"

const root = mkdtempSync(join(tmpdir(), "pixxel-unpack-processes-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const count = size(300, 2_000)
const content = zip(
  Array.from({ length: count }, (_, at) => ({ name: `${at % 50}/${at}.txt`, content: `${at}`, isDeflated: true }))
)

let packages = 0
const laid = () => {
  const folder = join(root, String(++packages))
  mkdirSync(folder)
  const path = join(folder, "it.zip")
  writeFileSync(path, content)
  return { folder, path, target: join(folder, "it") }
}

const program = bundled(new URL("./unpack-process.ts", import.meta.url))

/** Starts a process that will unpack. */
const start = async (path: string, target: string) => {
  const child = spawn(process.execPath, [program, path, target], {
    stdio: ["pipe", "pipe", "inherit"]
  })
  const written: Array<string> = []
  child.stdout.setEncoding("utf8").on("data", (text: string) => written.push(text))
  const closed = once(child, "close")
  await Promise.race([once(child.stdout, "data"), closed])
  return {
    child,
    go: () => child.stdin.write("go\n"),
    ended: closed.then((): Outcome => JSON.parse(written.join("").split("\n")[1] || "null"))
  }
}

interface Outcome {
  /** The message of a failure, or the result. */
  readonly outcome: string | Pick<Unpacked, "isSkipped">
  /** The number of files in the folder right after that. */
  readonly there: number
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile())

/** Waits until some of the files are written. */
const underWay = async (folder: string) => {
  for (;;) {
    const written = filesIn(folder).length - 1
    if (written > 0) return assert.isBelow(written, count)
    await setImmediate()
  }
}

const killed = async (child: ChildProcess) => {
  const closed = once(child, "close")
  child.kill("SIGKILL")
  await closed
}

describe("several processes that unpack into one folder", () => {
  it("all find it complete, and one of them has created it", async () => {
    const { folder, path, target } = laid()
    const processes = await Promise.all([start(path, target), start(path, target)])
    for (const { go } of processes) go()
    const outcomes = await Promise.all(processes.map(({ ended }) => ended))
    assert.deepStrictEqual(
      outcomes.map(({ there }) => there),
      outcomes.map(() => count)
    )
    assert.sameMembers(
      outcomes.map(({ outcome }) => (typeof outcome === "string" ? outcome : outcome.isSkipped)),
      [false, true]
    )
    assert.deepStrictEqual(readdirSync(folder).sort(), ["it", "it.zip"])
  })
})

describe("a process killed while unpacking", () => {
  it("leaves no target folder, and its leftovers are removed by the next run", async () => {
    const { folder, path, target } = laid()
    const { child, ended, go } = await start(path, target)
    go()
    await underWay(folder)
    await killed(child)
    assert.isNull(await ended)
    assert.notInclude(readdirSync(folder), "it")
    assert.lengthOf(readdirSync(folder), 2)
    const { isSkipped, leftovers } = await Effect.runPromise(unpack(path, target, defaultLimits))
    assert.deepStrictEqual([isSkipped, leftovers], [false, []])
    assert.lengthOf(filesIn(target), count)
    assert.deepStrictEqual(readdirSync(folder).sort(), ["it", "it.zip"])
  })

  it("on another machine is reported, like a running one, and other folders stay", async () => {
    const { folder, path, target } = laid()
    const mine = ["it~unpacking-mine", "it2~unpacking-00000000-1-0000000000000000"]
    const elsewhere = "it~unpacking-00000000-1-0000000000000000"
    for (const name of [...mine, elsewhere]) mkdirSync(join(folder, name))
    const { child, go } = await start(path, target)
    go()
    await underWay(folder)
    child.kill("SIGSTOP")
    const running = readdirSync(folder).filter((name) => name.includes(`-${child.pid}-`))
    assert.lengthOf(running, 1)
    const { leftovers } = await Effect.runPromise(unpack(path, target, defaultLimits))
    assert.sameMembers(
      [...leftovers],
      [elsewhere, ...running].map((name) => join(folder, name))
    )
    assert.lengthOf(filesIn(target), count)
    assert.includeMembers(readdirSync(folder), [...mine, elsewhere, ...running])
    await killed(child)
  })
})

describe("a suspended process that loses its folder", () => {
  it("fails, and publishes nothing", async () => {
    const { folder, path, target } = laid()
    const { child, ended, go } = await start(path, target)
    go()
    await underWay(folder)
    child.kill("SIGSTOP")
    for (const name of readdirSync(folder)) {
      if (name !== "it.zip") renameSync(join(folder, name), join(root, "taken away"))
    }
    mkdirSync(target)
    child.kill("SIGCONT")
    const { outcome, there } = await ended
    assert.match(String(outcome), /^Nothing was unpacked: ENOENT/)
    assert.strictEqual(there, 0)
    assert.deepStrictEqual(readdirSync(folder).sort(), ["it", "it.zip"])
  })
})

describe("an interruption while unpacking", () => {
  it("leaves nothing", async () => {
    const { folder, path, target } = laid()
    const fiber = Effect.runFork(unpack(path, target, defaultLimits))
    await underWay(folder)
    await Effect.runPromise(Fiber.interrupt(fiber))
    assert.deepStrictEqual(readdirSync(folder), ["it.zip"])
  })
})
