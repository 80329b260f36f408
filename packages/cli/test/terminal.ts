/**
 * The built command in a real terminal: a pseudo-terminal that it cannot tell from one, and the screen that a person
 * would see. A test waits for what is to be seen, never for a time.
 */
import { fileURLToPath } from "node:url"
import { type IPty, spawn } from "@lydell/node-pty"
import xterm from "@xterm/headless"

export interface Size {
  readonly cols: number
  readonly rows: number
}

export interface Terminal {
  /** What is to be seen, line by line, without the empty ones at the end. */
  readonly screen: () => string
  /** All that was written, as it was written. */
  readonly written: () => string
  /** The screen, as soon as this is on it. */
  readonly sees: (awaited: string | RegExp) => Promise<string>
  /** What a person types: `\r` is the Enter key, `\u0003` is Ctrl-C. */
  readonly types: (keys: string) => void
  readonly resize: (size: Size) => void
  /** Closes the window. */
  readonly closes: () => void
  /** The exit code as a shell has it, when the command has ended and all is on the screen. */
  readonly ended: Promise<number>
}

/** Starts a command line in a terminal of its own. */
export const open = (program: ReadonlyArray<string>, env: NodeJS.ProcessEnv, size: Size): Terminal =>
  openProgram(process.execPath, program, env, size)

/** Starts any program in a terminal of its own. */
export const openProgram = (
  file: string,
  args: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv,
  size: Size
): Terminal => {
  const { PATH } = process.env
  const pty: IPty = spawn(file, [...args], {
    ...size,
    name: env["TERM"] ?? "xterm-256color",
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { PATH, ...env }
  })
  const emulator = new xterm.Terminal({ ...size, allowProposedApi: true, scrollback: 1_000 })
  let written = ""
  const watchers = new Set<() => void>()
  pty.onData((text) => {
    written += text
    emulator.write(text, () => {
      for (const look of watchers) look()
    })
  })

  const screen = () => {
    const { active } = emulator.buffer
    const lines = Array.from({ length: active.length }, (_, at) => active.getLine(at)?.translateToString(true) ?? "")
    return lines.join("\n").trimEnd()
  }
  const ended = new Promise<number>((resolve) => {
    // an empty write is done when all that came before it is
    pty.onExit(({ exitCode, signal }) => emulator.write("", () => resolve(signal ? 128 + signal : exitCode)))
  })
  const sees = (awaited: string | RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = (isLast: boolean) => {
        const seen = screen()
        if (typeof awaited === "string" ? seen.includes(awaited) : awaited.test(seen)) resolve(seen)
        else if (isLast) reject(new Error(`${awaited} never came to be seen:\n${seen}`))
        else return
        watchers.delete(watcher)
      }
      const watcher = () => look(false)
      watchers.add(watcher)
      look(false)
      ended.then(() => look(true))
    })

  return {
    screen,
    written: () => written,
    sees,
    types: (keys) => pty.write(keys),
    resize: ({ cols, rows }) => {
      pty.resize(cols, rows)
      emulator.resize(cols, rows)
    },
    closes: () => {
      // not among the types, but there
      if ("destroy" in pty && typeof pty.destroy === "function") pty.destroy()
    },
    ended
  }
}
