/**
 * Runs command lines in this process: over a scripted API, or with the embedded mock, and with streams that keep what
 * is written.
 */

import { Readable, Writable } from "node:stream"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { Pixxel } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Ask } from "../src/Ask.js"
import { Environment, logging } from "../src/Environment.js"
import { run } from "../src/main.js"
import { Output } from "../src/Output.js"

export const token = "px-4f9a8c27d1/eb+63=="

/** An answer, or the `Error` that breaks the connection, or none at all. */
export type Answer = Response | Error | "never"

export const json = (body: unknown, init?: ResponseInit) => new Response(JSON.stringify(body), init)

export const refused = (status: number) =>
  json({ error: { code: "some_code", message: "some reason", details: { field: "x" } } }, { status })

export const broken = (code: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) })

/** The API answering from a script, whose last answer is repeated. */
export const scripted = (...script: ReadonlyArray<() => Answer>): Layer.Layer<Environment> => {
  let calls = 0
  const fetch: typeof globalThis.fetch = async () => {
    const answer = script[Math.min(calls++, script.length - 1)]!()
    if (answer === "never") return new Promise(() => {})
    if (answer instanceof Error) throw answer
    return answer
  }
  const transport = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
  return Layer.succeed(Environment, {
    services: ({ verbose }) =>
      Pixxel.layer({ token: Redacted.make(token) }).pipe(Layer.provideMerge(logging(verbose, transport)))
  })
}

/** What a stream is written to, if it is a terminal. */
export interface Terminal {
  readonly columns: number
  readonly rows?: number
}

/** A stream that keeps what is written, or has every write fail. */
const sink = (failing?: NodeJS.ErrnoException, terminal?: Terminal, onText?: (text: string) => void) => {
  const written: Array<string> = []
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _, done) => {
      if (failing === undefined) {
        written.push(String(chunk))
        onText?.(String(chunk))
      }
      done(failing)
    }
  })
  stream.on("error", () => {})
  if (terminal !== undefined) Object.assign(stream, { isTTY: true, ...terminal })
  return { stream, text: () => written.join("") }
}

export interface Surroundings {
  readonly environment?: Layer.Layer<Environment>
  /** Sees what is written to stderr. */
  readonly onNote?: (text: string) => void
  /** What every write of a result fails with. */
  readonly failing?: NodeJS.ErrnoException
  /** The terminal that both streams are. Default: none. */
  readonly terminal?: Terminal
  /** What a person answers, if there is one. */
  readonly answers?: string
  /** Which streams are a terminal, whatever `terminal` and `answers` say. */
  readonly attended?: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean }
  /** The answer of a person at the terminal of the process, if it has one. */
  readonly controlling?: string
  readonly env?: Record<string, string>
}

/** Runs a command line, given as one text, to its exit code and what it wrote. */
export const pixxel = (line: string, surroundings: Surroundings = {}) =>
  Effect.gen(function* () {
    const { answers, attended, controlling, env = {}, environment = Environment.layer, failing } = surroundings
    const screen = (isAttended: boolean | undefined) =>
      isAttended === undefined ? surroundings.terminal : isAttended ? { columns: 80 } : undefined
    const [stdout, stderr] = [
      sink(failing, screen(attended?.stdout)),
      sink(undefined, screen(attended?.stderr), surroundings.onNote)
    ]
    const stdin = Object.assign(Readable.from(answers === undefined ? [] : [answers]), {
      isTTY: attended?.stdin ?? answers !== undefined
    })
    const tty = sink()
    const openTerminal = () =>
      Option.map(Option.fromNullable(controlling), (answer) => ({
        input: Readable.from([answer]),
        output: tty.stream,
        close: () => {}
      }))
    const argv = line.split(" ").filter((word) => word !== "")
    const output = Output.layer({ stdout: stdout.stream, stderr: stderr.stream, env })
    const code = yield* Effect.provide(
      run(argv),
      Layer.merge(environment, Ask.layer(() => stdin, openTerminal).pipe(Layer.provideMerge(output)))
    )
    return { code, stdout: stdout.text(), stderr: stderr.text(), tty: tty.text() }
  })
