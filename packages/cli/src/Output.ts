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
import { plain } from "./render.js"

/** The result could not be written: the disk is full, for example. */
export class OutputFailed extends Data.TaggedError("OutputFailed")<{ readonly message: string }> {}

export class Output extends Context.Tag("@effect-pixxel/cli/Output")<Output, Output.Service>() {
  /** The two streams, and a log that goes to stderr. */
  static readonly layer = ({ stderr, stdout }: Output.Streams): Layer.Layer<Output> => {
    const note = (text: string) => {
      stderr.write(`${text.trimEnd()}\n`)
    }
    return Layer.merge(
      Layer.succeed(this, {
        result: (text) => write(stdout, `${text.trimEnd()}\n`),
        note: (text) => Effect.sync(() => note(text)),
        hasColours: "isTTY" in stdout && stdout.isTTY === true && !process.env["NO_COLOR"]
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
  }

  export interface Service {
    /** Writes the result to stdout; done when the system has it. */
    readonly result: (text: string) => Effect.Effect<void, OutputFailed>
    /** Writes whole lines to stderr. */
    readonly note: (text: string) => Effect.Effect<void>
    /** Whether stdout is a terminal, for a person who wants colours. */
    readonly hasColours: boolean
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
