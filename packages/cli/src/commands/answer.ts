/**
 * The frame of all commands: provides the API or the mock, prints the result in the requested form, and adds the facts
 * for the report to a failure.
 */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import { Environment } from "../Environment.js"
import type { Failure } from "../failure/errors.js"
import { type Origin, origin } from "../Invocation.js"
import { Output } from "../Output.js"
import type { Style } from "../render/style.js"
import * as Settings from "../Settings.js"

/** The form of results: text for users, one JSON document, or NDJSON. */
export type Form = "text" | "json" | "jsonl"

export interface Common extends Settings.Flags, Environment.Options {
  readonly form: Form
  readonly quiet: boolean
}

/** A result in all forms, evaluated lazily. */
export interface Answer {
  readonly json: () => unknown
  /** The lines of `--jsonl`. Default: the document on one line. */
  readonly lines?: () => ReadonlyArray<unknown>
  /** The text for users; empty if already shown. */
  readonly text: (style: Style) => string
}

/** A failed command, with the options for its report. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{
  readonly common: Common
  readonly origin: Origin
  readonly cause: Cause.Cause<Failure>
}> {}

const print = ({ form }: Common, { json, lines, text }: Answer) =>
  Effect.flatMap(Output, ({ result, results }) => {
    const shown = (it: string) => (it === "" ? Effect.void : result(it))
    switch (form) {
      case "text":
        return shown(text(results.style()))
      case "json":
        return result(JSON.stringify(json(), null, 2))
      case "jsonl":
        return Effect.forEach(lines?.() ?? [json()], (line) => result(JSON.stringify(line)), { discard: true })
    }
  })

/** Adds the facts for the report to a failure. */
const reported = <R>(common: Common, self: Effect.Effect<void, Failure, R>) =>
  Effect.catchAllCause(self, (cause) =>
    Cause.isInterruptedOnly(cause)
      ? Effect.interrupt
      : Effect.flatMap(origin, (origin) => Effect.fail(new CommandFailed({ cause, common, origin })))
  )

/** Prints the result. A missing reader is an error only if the result names a new, billed job. */
const printTo = (common: Common, result: Answer) =>
  Effect.catchTag(print(common, result), "OutputClosed", (closed) =>
    Effect.flatMap(origin, ({ created }) => (Option.isSome(created) ? Effect.fail(closed) : Effect.void))
  )

/** Runs a command without the API. */
export const answerAlone = <R>(common: Common, program: Effect.Effect<Answer, Failure, R>) =>
  reported(
    common,
    Effect.flatMap(program, (result) => printTo(common, result))
  )

/** Runs a command with the API. */
export const answer = <R>(common: Common, program: Effect.Effect<Answer, Failure, R | Environment.Services>) =>
  answerAlone(
    common,
    Effect.flatMap(Environment, ({ services }) => Effect.provide(program, services(common))).pipe(
      (self) => Settings.withFlags(self, common),
      // deterministic output for commands against the mock
      (self) => (common.mock ? Effect.withRandom(self, Random.make("pixxel")) : self)
    )
  )
