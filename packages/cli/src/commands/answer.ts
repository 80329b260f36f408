/**
 * What all commands do alike: stand on the API or the mock, print the result in the form that was asked for, and hand
 * a failure on with what its report needs.
 */
import type { JobsApi } from "@effect-pixxel/client"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { Environment } from "../Environment.js"
import { type Failure, created as reportCreated, toJson, toText } from "../Failure.js"
import { Output } from "../Output.js"
import type { Style } from "../render/style.js"
import * as Settings from "../Settings.js"

/** How results are printed: for people, as one JSON document, or as one JSON object a line. */
export type Form = "text" | "json" | "jsonl"

export interface Common extends Settings.Flags {
  readonly form: Form
  readonly mock: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** A result in all of its forms, of which only the one that was asked for is made. */
export interface Answer {
  readonly json: () => unknown
  /** What `--jsonl` prints, if that is something else than the document on one line. */
  readonly lines?: () => ReadonlyArray<unknown>
  /** For people; empty if they have seen it all. */
  readonly text: (style: Style) => string
  /** The job that this command has created: its id goes to stderr when the result cannot be printed. */
  readonly created?: JobsApi.JobRef
}

/** A command that failed, with the options that decide how that is told. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{
  readonly common: Common
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

/** Reports a job that was created, on stderr. */
export const noteCreated = ({ form, mock }: Common, ids: JobsApi.JobRef): Effect.Effect<void, never, Output> =>
  Effect.flatMap(Output, ({ note }) => {
    const report = reportCreated(ids, mock)
    return note(form === "text" ? toText(report) : toJson(report))
  })

/** Has a failure told as the options say. */
const told = <R>(common: Common, self: Effect.Effect<void, Failure, R>): Effect.Effect<void, CommandFailed, R> =>
  Effect.catchAllCause(self, (cause) =>
    Cause.isInterruptedOnly(cause) ? Effect.interrupt : Effect.fail(new CommandFailed({ cause, common }))
  )

/** A command that needs nothing but its options. */
export const answerAlone = <R>(
  common: Common,
  program: Effect.Effect<Answer, Failure, R>
): Effect.Effect<void, CommandFailed, R | Output> =>
  told(
    common,
    Effect.flatMap(program, (result) =>
      Effect.onError(print(common, result), () =>
        result.created === undefined ? Effect.void : noteCreated(common, result.created)
      )
    )
  )

/** A command that calls the API. */
export const answer = <R>(
  common: Common,
  program: Effect.Effect<Answer, Failure, R | Environment.Services>
): Effect.Effect<void, CommandFailed, Exclude<R, Environment.Services> | Environment | Output> =>
  answerAlone(
    common,
    Effect.flatMap(Environment, ({ services }) => Effect.provide(program, services(common))).pipe(
      (self) => Settings.withFlags(self, common),
      // so that a command against the mock prints the same each time
      (self) => (common.mock ? Effect.withRandom(self, Random.make("pixxel")) : self)
    )
  )
