/**
 * The two streams: results go to stdout, everything else to stderr. A program that reads a pipe gets the result or
 * nothing.
 *
 * A stream whose reader has gone ends the command: `closed` completes with the first write of a change or a note that
 * fails for that reason. A result that is written at the end of a command fails with `OutputClosed` instead.
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

/** Nothing reads stdout any more. */
export class OutputClosed extends Data.TaggedError("OutputClosed")<{}> {}

export class Output extends Context.Tag("@effect-pixxel/cli/Output")<Output, Output.Service>() {
  /** The two streams, and a log that goes to stderr. */
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
    /** What stdout is. */
    readonly results: Screen.Screen
    /** What stderr is. */
    readonly notes: Screen.Screen
    /** Writes a result to stdout. Completes when the system has taken it. */
    readonly result: (text: string) => Effect.Effect<void, OutputFailed | OutputClosed>
    /** Writes a change on the way to the result to stdout. A failure that lasts fails the result too. */
    readonly change: (text: string) => Effect.Effect<void>
    /** Writes whole lines to stderr. */
    readonly note: (text: string) => Effect.Effect<void>
    /** Completes when a change or a note has found its stream without a reader. */
    readonly closed: Effect.Effect<void>
    readonly isClosed: Effect.Effect<boolean>
    /** Lines that are redrawn on stderr, if that is a terminal. */
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
