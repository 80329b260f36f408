/**
 * Runs command lines in this process: over a scripted API, or with the embedded mock, and with streams that keep what
 * is written.
 */

import { Writable } from "node:stream"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { Pixxel } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Environment } from "../src/Environment.js"
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
  const services = Pixxel.layer({ token: Redacted.make(token) }).pipe(Layer.provide(transport))
  return Layer.succeed(Environment, { services: () => services })
}

/** A stream that keeps what is written, or has every write fail. */
const sink = (failing?: NodeJS.ErrnoException) => {
  const written: Array<string> = []
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _, done) => {
      if (failing === undefined) written.push(String(chunk))
      done(failing)
    }
  })
  stream.on("error", () => {})
  return { stream, text: () => written.join("") }
}

/** Runs a command line, given as one text, to its exit code and what it wrote. */
export const pixxel = (line: string, environment = Environment.layer, failing?: NodeJS.ErrnoException) =>
  Effect.gen(function* () {
    const [stdout, stderr] = [sink(failing), sink()]
    const argv = line.split(" ").filter((word) => word !== "")
    const code = yield* Effect.provide(
      run(argv),
      Layer.merge(environment, Output.layer({ stdout: stdout.stream, stderr: stderr.stream }))
    )
    return { code, stdout: stdout.text(), stderr: stderr.text() }
  })
