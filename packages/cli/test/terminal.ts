/**
 * The built command in a pseudo-terminal, with the visible screen. Tests wait for the content of the screen, never for
 * a time.
 */
import { fileURLToPath } from "node:url"
import { type IPty, spawn } from "@lydell/node-pty"
import xterm from "@xterm/headless"

export interface Size {
  readonly cols: number
  readonly rows: number
}

export interface Terminal {
  /** The visible lines, without trailing empty ones. */
  readonly screen: () => string
  /** The raw output. */
  readonly written: () => string
  /** Waits until the screen contains this, and returns the screen. */
  readonly sees: (awaited: string | RegExp) => Promise<string>
  /** Sends key strokes: `\r` is the Enter key, `\u0003` is Ctrl-C. */
  readonly types: (keys: string) => void
  readonly resize: (size: Size) => void
  /** Closes the window. */
  readonly closes: () => void
  /** The exit code as in a shell, once the command has ended and the screen is complete. */
  readonly ended: Promise<number>
}

/** Starts a command line in a new terminal. */
export const open = (program: ReadonlyArray<string>, env: NodeJS.ProcessEnv, size: Size): Terminal =>
  openProgram(process.execPath, program, env, size)

/** Starts a program in a new terminal. */
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
    // an empty write completes after all earlier ones
    pty.onExit(({ exitCode, signal }) => emulator.write("", () => resolve(signal ? 128 + signal : exitCode)))
  })
  const sees = (awaited: string | RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = (isLast: boolean) => {
        const seen = screen()
        if (typeof awaited === "string" ? seen.includes(awaited) : awaited.test(seen)) resolve(seen)
        else if (isLast) reject(new Error(`${awaited} never appeared:\n${seen}`))
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
      // missing in the types
      if ("destroy" in pty && typeof pty.destroy === "function") pty.destroy()
    },
    ended
  }
}
