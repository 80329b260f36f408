/** Starts the built command as a process with pipes. */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** A pipe without a reader, as a stream of a process. */
export const closedPipe = () => {
  const folder = mkdtempSync(join(tmpdir(), "pixxel-pipe-"))
  const path = join(folder, "pipe")
  execFileSync("mkfifo", [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const descriptor = openSync(path, constants.O_WRONLY)
  closeSync(reader)
  rmSync(folder, { recursive: true })
  return { descriptor, close: () => closeSync(descriptor) }
}

interface Streams {
  readonly stdout?: "pipe" | number
  readonly stderr?: "pipe" | number
}

/** Starts a command line, and records its piped streams to the end. */
export const start = (
  program: string,
  line: string,
  env: NodeJS.ProcessEnv = {},
  { stderr = "pipe", stdout = "pipe" }: Streams = {}
) => {
  const { PATH } = process.env
  const child = spawn(process.execPath, [program, ...line.split(" ")], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { PATH, ...env },
    stdio: ["pipe", stdout, stderr]
  })
  const written = { stdout: "", stderr: "" }
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      written[name] += text
    })
  }
  const ended = once(child, "close").then(([code]: Array<unknown>) => ({ code, ...written }))
  return { child, ended }
}
