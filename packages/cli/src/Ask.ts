/**
 * Asks the user questions that one line answers. Uses stderr and stdin if both are terminals. If only one of them is,
 * the controlling terminal of the process replaces the other.
 */
import type { Readable, Writable } from "node:stream"
import { text } from "node:stream/consumers"
import type { ReadStream } from "node:tty"
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
        const answered = (question: string, read: (input: Readable) => Effect.Effect<string>) =>
          Effect.acquireUseRelease(
            Effect.sync(channel),
            Option.match({
              onNone: () => Effect.succeedNone,
              onSome: ({ input, write }) => Effect.asSome(Effect.zipRight(write(question), read(input)))
            }),
            (it) => Effect.sync(() => Option.map(it, ({ close }) => close()))
          )
        return {
          isPossible: Effect.sync(() => Option.isSome(Option.map(channel(), ({ close }) => close()))),
          yesOrNo: (question) =>
            Effect.map(answered(question, readLine), (it) => /^\s*y(es)?\s*$/i.test(Option.getOrElse(it, () => ""))),
          secret: (question) => answered(question, readHidden),
          input: Effect.promise(() => text(openStdin()))
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
    /** Asks for a line that the terminal does not show; none without a terminal. */
    readonly secret: (question: string) => Effect.Effect<Option.Option<string>>
    /** Reads stdin to its end. */
    readonly input: Effect.Effect<string>
  }
}

/** Takes the characters of an input until `take` has the answer, or the input ends. */
const reading = (input: Readable, take: (character: string, before: string) => string | Effect.Effect<string>) =>
  Effect.async<string>((resume) => {
    let text = ""
    const settle = (answer: Effect.Effect<string>) => {
      stop()
      resume(answer)
    }
    const end = () => settle(Effect.succeed(text))
    const onData = (chunk: Buffer | string) => {
      const characters = [...String(chunk)]
      for (const [at, character] of characters.entries()) {
        const next = take(character, text)
        if (typeof next !== "string") {
          settle(next)
          // the rest answers the next question
          if (at + 1 < characters.length) input.unshift(characters.slice(at + 1).join(""))
          return
        }
        text = next
      }
    }
    const stop = () => {
      input.off("data", onData).off("end", end)
      input.pause()
    }
    // the error handler stays after the question, for a terminal that is closed
    input.on("data", onData).on("end", end).on("error", end).resume()
    return Effect.sync(stop)
  })

/** Reads a line. The terminal itself edits it, and turns Ctrl-C into a signal. */
const readLine = (input: Readable): Effect.Effect<string> =>
  reading(input, (character, before) => (character === "\n" ? Effect.succeed(before) : before + character))

/** Reads a line that is not shown. The terminal then neither edits it nor turns Ctrl-C into a signal. */
const readHidden = (input: Readable): Effect.Effect<string> => {
  const raw = (mode: boolean) =>
    // only a terminal has modes
    Effect.sync(() => void (input as Partial<ReadStream>).setRawMode?.(mode))
  const typed = reading(input, (character, before) =>
    /[\r\n]/.test(character)
      ? Effect.succeed(before)
      : character === "\u0003"
        ? Effect.interrupt
        : /[\b\u007f]/.test(character)
          ? before.slice(0, -1)
          : before + character
  )
  return Effect.acquireUseRelease(
    raw(true),
    () => typed,
    () => raw(false)
  )
}
