/** Opens the controlling terminal of the process, independent of its streams. */
import { openSync } from "node:fs"
import { ReadStream, WriteStream } from "node:tty"
import * as Option from "effect/Option"
import type { Ask } from "./Ask.js"

/** None on a system without `/dev/tty`, and for a process without a terminal, such as a cron job. */
export const open = (): Option.Option<Ask.Terminal> => {
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
