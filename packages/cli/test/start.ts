/**
 * Starts the built command as a process, with streams that are pipes.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

/** Starts a command line. Both streams are kept to the end, unless the test destroys them. */
export const start = (program: string, line: string, env: NodeJS.ProcessEnv = {}) => {
  const { PATH } = process.env
  const child = spawn(process.execPath, [program, ...line.split(" ")], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { PATH, ...env }
  })
  const written = { stdout: "", stderr: "" }
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text
    })
  }
  const ended = once(child, "close").then(([code]: Array<unknown>) => ({ code, ...written }))
  return { child, ended }
}
