/**
 * Asks the user questions that one line answers. Uses stderr and stdin if both are terminals. If only one of them is,
 * the controlling terminal of the process replaces the other.
 */
import type { Readable, Writable } from "node:stream"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Output } from "./Output.js"

export class Ask extends Context.Tag("@effect-pixxel/cli/Ask")<Ask, Ask.Service>() {
  /** Reads answers from stdin. Opens stdin and the controlling terminal on demand. */
  static readonly layer = (
    openStdin: () => Readable,
    openTerminal: () => Option.Option<Ask.Terminal> = Option.none
  ): Layer.Layer<Ask, never, Output> =>
    Layer.effect(
      this,
      Effect.map(Output, ({ note, notes }): Ask.Service => {
        const channel = (): Option.Option<Channel> => {
          const stdin = openStdin()
          const hasStdin = "isTTY" in stdin && stdin.isTTY === true
          if (hasStdin && notes.isAttended) return Option.some({ write: note, input: stdin, close: () => {} })
          if (!hasStdin && !notes.isAttended) return Option.none()
          return Option.map(openTerminal(), ({ close, input, output }) => ({
            write: notes.isAttended ? note : (text) => Effect.sync(() => output.write(`${text}\n`)),
            input: hasStdin ? stdin : input,
            close
          }))
        }
        return {
          isPossible: Effect.sync(() => Option.isSome(Option.map(channel(), ({ close }) => close()))),
          yesOrNo: (question) =>
            Effect.acquireUseRelease(
              Effect.sync(channel),
              Option.match({
                onNone: () => Effect.succeed(false),
                onSome: ({ input, write }) =>
                  Effect.map(Effect.zipRight(write(question), readLine(input)), (text) => /^\s*y(es)?\s*$/i.test(text))
              }),
              (it) => Effect.sync(() => Option.map(it, ({ close }) => close()))
            )
        }
      })
    )
}

/** The streams of a question and its answer. */
interface Channel {
  readonly write: (text: string) => Effect.Effect<unknown>
  readonly input: Readable
  readonly close: () => void
}

export declare namespace Ask {
  /** The controlling terminal of a process. */
  export interface Terminal {
    readonly input: Readable
    readonly output: Writable
    readonly close: () => void
  }

  export interface Service {
    /** Whether a terminal is available for questions. */
    readonly isPossible: Effect.Effect<boolean>
    /** Asks a question. Any answer except `y` or `yes` means no, and so does the end of the input. */
    readonly yesOrNo: (question: string) => Effect.Effect<boolean>
  }
}

/** Reads a line. The terminal itself edits it, and turns Ctrl-C into a signal. */
const readLine = (input: Readable): Effect.Effect<string> =>
  Effect.async((resume) => {
    let text = ""
    const settle = () => {
      stop()
      resume(Effect.succeed(text))
    }
    const take = (chunk: Buffer | string) => {
      text += String(chunk)
      if (text.includes("\n")) settle()
    }
    const stop = () => {
      input.off("data", take).off("end", settle)
      input.pause()
    }
    // the error handler stays after the question, for a terminal that is closed
    input.on("data", take).on("end", settle).on("error", settle)
    return Effect.sync(stop)
  })
