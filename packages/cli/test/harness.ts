/** Runs command lines in this process, over a scripted API or the embedded mock, with recorded streams. */

import { Readable, Writable } from "node:stream"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { Pixxel } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { Ask } from "../src/Ask.js"
import { Environment, logging } from "../src/Environment.js"
import { run } from "../src/main.js"
import { Output } from "../src/Output.js"

export const token = "px-4f9a8c27d1/eb+63=="

/** An answer, an `Error` that breaks the connection, or no answer. */
export type Answer = Response | Error | "never"

export const json = (body: unknown, init?: ResponseInit) => new Response(JSON.stringify(body), init)

export const refused = (status: number) =>
  json({ error: { code: "some_code", message: "some reason", details: { field: "x" } } }, { status })

export const broken = (code: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) })

/** A field, as GeoJSON. */
export const polygon = {
  type: "Polygon",
  coordinates: [
    [
      [79, 21],
      [79.1, 21],
      [79.1, 21.1],
      [79, 21]
    ]
  ]
}

/** The API of a `fetch`. */
export const over = (fetch: typeof globalThis.fetch): Layer.Layer<Environment> => {
  const transport = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
  return Layer.succeed(Environment, {
    services: ({ verbose }) =>
      Pixxel.layer({ token: Redacted.make(token) }).pipe(Layer.provideMerge(logging(verbose, transport)))
  })
}

/** A scripted API that repeats its last answer. */
export const scripted = (...script: ReadonlyArray<() => Answer>): Layer.Layer<Environment> => {
  let calls = 0
  const fetch: typeof globalThis.fetch = async () => {
    const answer = script[Math.min(calls++, script.length - 1)]!()
    if (answer === "never") return new Promise(() => {})
    if (answer instanceof Error) throw answer
    return answer
  }
  return over(fetch)
}

/** The terminal of a stream. */
export interface Terminal {
  readonly columns: number
  readonly rows?: number
}

/** A stream that records its input, or fails every write. */
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
  /** Receives the texts written to stderr. */
  readonly onNote?: (text: string) => void
  /** The error of every write of a result. */
  readonly failing?: NodeJS.ErrnoException
  /** The terminal of both streams. Default: none. */
  readonly terminal?: Terminal
  /** The answer of the user, if any. */
  readonly answers?: string
  /** The streams with a terminal. Overrides `terminal` and `answers`. */
  readonly attended?: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean }
  /** The answer at the controlling terminal of the process, if any. */
  readonly controlling?: string
  readonly env?: Record<string, string>
}

/** Runs a command line given as one text. Returns its exit code and output. */
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

/** Runs a command, interrupts it at the last request of the script, and returns its output. */
export const interrupted = (line: string, ...script: ReadonlyArray<() => Answer>) =>
  Effect.gen(function* () {
    let stderr = ""
    let isAtEnd = false
    const last = script.at(-1)
    const environment = scripted(...script.slice(0, -1), () => {
      isAtEnd = true
      return last?.() ?? "never"
    })
    const onNote = (text: string) => {
      stderr += text
    }
    const fiber = yield* Effect.fork(pixxel(line, { environment, onNote }))
    // the modules of a command load between two steps of the clock
    yield* TestClock.adjust("1 second").pipe(
      Effect.zipRight(Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))),
      Effect.repeat({ until: () => isAtEnd })
    )
    yield* Fiber.interrupt(fiber)
    return stderr
  })

/**
 * Interrupts a command while its create is under way, and then answers it. `others` is the answer to all other requests.
 * Returns its output before the answer and after it.
 */
export const interruptedCreate = (line: string, others: object, created: object) =>
  Effect.gen(function* () {
    const turn = Effect.promise(() => new Promise(setImmediate))
    let [stderr, isCreating] = ["", false]
    let answer = (_: Response) => {}
    const answered = new Promise<Response>((resolve) => {
      answer = resolve
    })
    const environment = over(async (_, init) => {
      isCreating ||= init?.method === "POST"
      return isCreating ? answered : json(others)
    })
    const onNote = (text: string) => {
      stderr += text
    }
    const fiber = yield* Effect.fork(pixxel(line, { environment, onNote }))
    yield* Effect.repeat(turn, { until: () => isCreating })
    yield* Fiber.interruptFork(fiber)
    yield* Effect.repeat(turn, { until: () => stderr !== "" })
    const before = stderr
    answer(json(created, { status: 201 }))
    yield* Effect.fork(Effect.forever(Effect.zipRight(turn, TestClock.adjust("1 second"))))
    yield* Fiber.await(fiber)
    return { before, after: stderr.slice(before.length) }
  })
