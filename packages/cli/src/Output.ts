/**
 * Where the words go: results, and nothing else, to stdout; everything else to stderr. A program that reads a pipe
 * gets the result or nothing.
 */
import type { Writable } from "node:stream"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Live from "./Live.js"
import { plain } from "./render/plain.js"
import * as Screen from "./Screen.js"

/** The result could not be written: the disk is full, for example. */
export class OutputFailed extends Data.TaggedError("OutputFailed")<{ readonly message: string }> {}

export class Output extends Context.Tag("@effect-pixxel/cli/Output")<Output, Output.Service>() {
  /** The two streams, and a log that goes to stderr. */
  static readonly layer = ({ env, stderr, stdout }: Output.Streams): Layer.Layer<Output> => {
    const screen = Screen.of(stderr, env)
    const live = Live.make((text) => stderr.write(text), screen)
    const note = (text: string) => live.print(`${text.trimEnd()}\n`)
    return Layer.merge(
      Layer.succeed(this, {
        results: Screen.of(stdout, env),
        notes: screen,
        result: (text) => write(stdout, `${text.trimEnd()}\n`),
        note: (text) => Effect.sync(() => note(text)),
        live
      }),
      Logger.replace(
        Logger.defaultLogger,
        Logger.map(Logger.logfmtLogger, (line) => note(plain(line)))
      )
    )
  }
}

export declare namespace Output {
  export interface Streams {
    readonly stdout: Writable
    readonly stderr: Writable
    /** NO_COLOR, FORCE_COLOR, TERM. */
    readonly env: Readonly<Record<string, string | undefined>>
  }

  export interface Service {
    /** What stdout is. */
    readonly results: Screen.Screen
    /** What stderr is. */
    readonly notes: Screen.Screen
    /** Writes a result to stdout; done when the system has it. */
    readonly result: (text: string) => Effect.Effect<void, OutputFailed>
    /** Writes whole lines to stderr. */
    readonly note: (text: string) => Effect.Effect<void>
    /** Lines that are redrawn on stderr, if that is a terminal. */
    readonly live: Live.Live
  }
}

/** A reader that has gone away (`| head`) has what it wanted. */
const isReaderGone = (error: Error) => "code" in error && error.code === "EPIPE"

const write = (stream: Writable, text: string): Effect.Effect<void, OutputFailed> =>
  Effect.async((resume) => {
    stream.write(text, (error) => {
      resume(
        error == null || isReaderGone(error)
          ? Effect.void
          : Effect.fail(new OutputFailed({ message: `The result could not be written: ${error.message}` }))
      )
    })
  })
