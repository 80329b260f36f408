/**
 * The output streams: results go to stdout, all other text to stderr. A program that reads stdout gets the result or
 * nothing.
 *
 * A stream without a reader ends the command: `closed` completes at the first failed write of a change or a note.
 * Writing a result at the end of a command fails with `OutputClosed` instead.
 */
import type { Writable } from "node:stream"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { isReaderGone } from "./closed.js"
import * as Live from "./Live.js"
import { plain } from "./render/plain.js"
import * as Screen from "./Screen.js"

/** The result could not be written: the disk is full, for example. */
export class OutputFailed extends Data.TaggedError("OutputFailed")<{ readonly message: string }> {}

/** The reader of stdout is gone. */
export class OutputClosed extends Data.TaggedError("OutputClosed")<{}> {}

export class Output extends Context.Tag("@effect-pixxel/cli/Output")<Output, Output.Service>() {
  /** Writes to the streams, and the log to stderr. */
  static readonly layer = ({ env, stderr, stdout }: Output.Streams): Layer.Layer<Output> => {
    const screen = Screen.of(stderr, env)
    const live = Live.make((text) => stderr.write(text), screen)
    const note = (text: string) => live.print(`${text.trimEnd()}\n`)
    return Layer.merge(
      Layer.effect(
        this,
        Effect.map(Deferred.make<void>(), (closed) => {
          stderr.on("error", (error) => {
            if (isReaderGone(error, stderr)) Deferred.unsafeDone(closed, Effect.void)
          })
          return {
            results: Screen.of(stdout, env),
            notes: screen,
            result: (text) => write(stdout, `${text.trimEnd()}\n`),
            change: (text) =>
              Effect.catchTag(write(stdout, `${text.trimEnd()}\n`), "OutputClosed", () =>
                Deferred.succeed(closed, undefined)
              ).pipe(Effect.ignore),
            note: (text) => Effect.sync(() => note(text)),
            closed: Deferred.await(closed),
            isClosed: Deferred.isDone(closed),
            live
          }
        })
      ),
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
    /** The screen of stdout. */
    readonly results: Screen.Screen
    /** The screen of stderr. */
    readonly notes: Screen.Screen
    /** Writes a result to stdout. Completes when the system has accepted it. */
    readonly result: (text: string) => Effect.Effect<void, OutputFailed | OutputClosed>
    /** Writes an intermediate change to stdout. A lasting failure fails the result too. */
    readonly change: (text: string) => Effect.Effect<void>
    /** Writes whole lines to stderr. */
    readonly note: (text: string) => Effect.Effect<void>
    /** Completes when a change or a note fails for a missing reader. */
    readonly closed: Effect.Effect<void>
    readonly isClosed: Effect.Effect<boolean>
    /** Redraws lines on stderr, if it is a terminal. */
    readonly live: Live.Live
  }
}

const write = (stream: Writable, text: string): Effect.Effect<void, OutputFailed | OutputClosed> =>
  Effect.async((resume) => {
    stream.write(text, (error) => {
      resume(
        error == null
          ? Effect.void
          : Effect.fail(
              isReaderGone(error, stream)
                ? new OutputClosed()
                : new OutputFailed({ message: `The result could not be written: ${error.message}` })
            )
      )
    })
  })
