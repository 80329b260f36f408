/**
 * The process around `main`: streams, signals and exit. The first signal interrupts the program and waits for its
 * finalizers; a second one ends the process immediately. A second SIGHUP does not: when a terminal closes, the system
 * and the shell send one each.
 */
import { openSync } from "node:fs"
import { isatty, ReadStream, WriteStream } from "node:tty"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Ask } from "./Ask.js"
import { Environment } from "./Environment.js"
import type { ExitCode } from "./ExitCode.js"
import { run } from "./main.js"
import { Output } from "./Output.js"

/** The signals that request the end of a process. A closed terminal sends SIGHUP. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const satisfies Record<string, ExitCode>

/**
 * Opens the controlling terminal, independent of the streams. None on a system without `/dev/tty`, and for a process
 * without a terminal, such as a cron job.
 */
const openTerminal = (): Option.Option<Ask.Terminal> => {
  try {
    const input = new ReadStream(openSync("/dev/tty", "r"))
    const output = new WriteStream(openSync("/dev/tty", "w"))
    output.on("error", () => {})
    const close = () => {
      input.destroy()
      output.destroy()
    }
    return Option.some({ input, output, close })
  } catch {
    return Option.none()
  }
}

const terminals = () => [0, 1, 2].filter((descriptor) => isatty(descriptor))

/**
 * Ends the process. On exit Node restores the mode of a terminal, and aborts if the terminal has been closed: in that
 * case SIGHUP ends the process, as without a handler.
 */
const end = (code: ExitCode, before: ReadonlyArray<number>): void => {
  const now = terminals()
  if (before.every((descriptor) => now.includes(descriptor))) process.exit(code)
  process.removeAllListeners("SIGHUP")
  process.kill(process.pid, "SIGHUP")
}

const flushed = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write("", () => resolve()))

export const start = (argv: ReadonlyArray<string>): void => {
  const before = terminals()

  // The writer gets the error of a write. Without a handler, it would also end the process with a stack.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {})

  const fiber = Effect.runFork(
    Effect.provide(
      run(argv),
      Layer.mergeAll(
        Environment.layer,
        Ask.layer(() => process.stdin, openTerminal).pipe(
          Layer.provideMerge(Output.layer({ stdout: process.stdout, stderr: process.stderr, env: process.env }))
        )
      )
    )
  )

  let signalled: ExitCode | undefined
  for (const [signal, code] of Object.entries(signals)) {
    process.on(signal, () => {
      if (signalled === undefined) {
        signalled = code
        fiber.unsafeInterruptAsFork(fiber.id())
      } else if (signal !== "SIGHUP") end(code, before)
    })
  }

  fiber.addObserver(async (exit) => {
    await Promise.all([flushed(process.stdout), flushed(process.stderr)])
    const code: ExitCode = Exit.isSuccess(exit) ? exit.value : 1
    // writes to a closed terminal fail too
    end(Exit.isSuccess(exit) && code !== 141 ? code : (signalled ?? code), before)
  })
}
