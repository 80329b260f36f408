/**
 * Questions to a person: answered with a line on the terminal, or not asked where there is none.
 */
import type { Readable } from "node:stream"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Output } from "./Output.js"

export class Ask extends Context.Tag("@effect-pixxel/cli/Ask")<Ask, Ask.Service>() {
  /** Reads answers from this stream, if a person is at both of its ends. It is opened when it is needed. */
  static readonly layer = (open: () => Readable): Layer.Layer<Ask, never, Output> =>
    Layer.effect(
      this,
      Effect.map(Output, ({ note, notes }) => ({
        isPossible: Effect.sync(() => {
          const stdin = open()
          return "isTTY" in stdin && stdin.isTTY === true && notes.isTerminal
        }),
        yesOrNo: (question) =>
          Effect.zipRight(
            note(question),
            Effect.map(
              Effect.suspend(() => line(open())),
              (text) => /^\s*y(es)?\s*$/i.test(text)
            )
          )
      }))
    )
}

export declare namespace Ask {
  export interface Service {
    /** Whether somebody is there to answer. */
    readonly isPossible: Effect.Effect<boolean>
    /** Anything but `y` or `yes` is a no; so is the end of the input. */
    readonly yesOrNo: (question: string) => Effect.Effect<boolean>
  }
}

/** The terminal itself edits the line, and makes a signal of Ctrl-C. */
const line = (stdin: Readable): Effect.Effect<string> =>
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
      stdin.off("data", take).off("end", settle)
      stdin.pause()
    }
    stdin.on("data", take).on("end", settle)
    return Effect.sync(stop)
  })
