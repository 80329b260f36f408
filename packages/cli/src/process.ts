/**
 * The process around `main`: its streams, its signals and its end. A first SIGINT or SIGTERM interrupts the program and
 * waits for what it has to close; a second one does not wait.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { Ask } from "./Ask.js"
import { Environment } from "./Environment.js"
import type { ExitCode } from "./ExitCode.js"
import { run } from "./main.js"
import { Output } from "./Output.js"

const signals = { SIGINT: 130, SIGTERM: 143 } as const satisfies Record<string, ExitCode>

const flushed = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write("", () => resolve()))

export const start = (argv: ReadonlyArray<string>): void => {
  // A reader that has gone away is no reason to crash; a failed write is reported to who wrote.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {})

  const fiber = Effect.runFork(
    Effect.provide(
      run(argv),
      Layer.mergeAll(
        Environment.layer,
        Ask.layer(() => process.stdin).pipe(
          Layer.provideMerge(Output.layer({ stdout: process.stdout, stderr: process.stderr, env: process.env }))
        )
      )
    )
  )

  let signalled: ExitCode | undefined
  for (const [signal, code] of Object.entries(signals)) {
    process.on(signal, () => {
      if (signalled !== undefined) process.exit(code)
      signalled = code
      fiber.unsafeInterruptAsFork(fiber.id())
    })
  }

  fiber.addObserver(async (exit) => {
    await Promise.all([flushed(process.stdout), flushed(process.stderr)])
    process.exit(Exit.isSuccess(exit) ? exit.value : (signalled ?? 1))
  })
}
