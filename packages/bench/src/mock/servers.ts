/** Starts the stand-alone mock server and the baseline as separate processes, like their users. */
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Relative to the bundle of the benchmarks. */
const programs = { mock: at("../../../mock-server/dist/bin.js"), bare: at("./mock/bare.js") }

export type Program = keyof typeof programs

export interface Server {
  readonly url: string
  readonly stop: () => Promise<void>
}

type Child = ChildProcessByStdio<null, Readable, null>

/** Waits until the server prints its address. */
const listening = async (child: Child, program: Program): Promise<Server> => {
  const ended = once(child, "exit")
  const [said]: ReadonlyArray<unknown> = await Promise.race([once(child.stdout, "data"), ended])
  const [, url] = /^listening on (\S+)\n$/.exec(String(said)) ?? []
  if (url === undefined) throw new Error(`${program} said ${said}`)
  return {
    url,
    stop: async () => {
      child.kill()
      await ended
    }
  }
}

export const start = (program: Program, args: ReadonlyArray<string>): Promise<Server> =>
  listening(spawn(process.execPath, [programs[program], ...args], { stdio: ["ignore", "pipe", "ignore"] }), program)

/** Starts a server that also reports its CPU time, in microseconds. */
export const startMeasured = async (program: Program, args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, ["--import", at("./mock/usage.mjs"), programs[program], ...args], {
    stdio: ["ignore", "pipe", "ignore", "ipc"]
  })
  const cpu = async (): Promise<number> => {
    const answer = once(child, "message")
    child.send("cpu")
    const [micros] = await answer
    return micros
  }
  // with four streams, the type no longer shows which of them exist
  return { ...(await listening(child as Child, program)), cpu }
}
