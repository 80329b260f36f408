/**
 * What all commands do alike: stand on the API or the mock, print the result in the form that was asked for, and hand
 * a failure on with what its report needs.
 */
import type { Pixxel } from "@effect-pixxel/client"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { Environment } from "../Environment.js"
import type { Failure } from "../Failure.js"
import { Output } from "../Output.js"

export interface Common {
  readonly json: boolean
  readonly mock: boolean
}

/** A result in both of its forms. */
export interface Answer {
  readonly json: unknown
  readonly text: string
}

/** A command that failed, with the options that decide how that is told. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<
  Common & { readonly cause: Cause.Cause<Failure> }
> {}

export const answer = (
  { json, mock }: Common,
  program: Effect.Effect<Answer, Failure, Pixxel.Services | Output>
): Effect.Effect<void, CommandFailed, Environment | Output> =>
  Effect.gen(function* () {
    const environment = yield* Environment
    const output = yield* Output
    const result = yield* Effect.provide(program, environment.services({ mock }))
    yield* output.result(json ? JSON.stringify(result.json, null, 2) : result.text)
  }).pipe(
    Effect.catchAllCause((cause) =>
      Cause.isInterruptedOnly(cause) ? Effect.interrupt : Effect.fail(new CommandFailed({ cause, json, mock }))
    )
  )
