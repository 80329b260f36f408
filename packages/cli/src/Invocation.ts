/**
 * The command line of the running command, for messages: the command name, the options repeated by suggested commands,
 * what the command has created and is billed, and its current step.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { Thing } from "./failure/things.js"

/** An option of the command line. A switch has no value. */
export interface Given {
  readonly name: string
  readonly value?: string | undefined
}

/** The command line, for a report. */
export interface Origin {
  /** Group and name, such as `jobs get`; empty if there is none. */
  readonly command: string
  readonly options: ReadonlyArray<Given>
  /** The thing created by this command, if it is billed. */
  readonly created: Option.Option<Thing>
  /** The current step of a command of several, such as `search`. */
  readonly step: Option.Option<string>
}

/** The origin of a failure before any command runs. */
export const noCommand: Origin = { command: "", options: [], created: Option.none(), step: Option.none() }

export const make = (command: string, options: ReadonlyArray<Given>) =>
  Effect.map(Ref.make<Origin>({ ...noCommand, command, options }), (ref) => ({
    /** The current state. */
    origin: Ref.get(ref),
    setCreated: (created: Thing) => Ref.update(ref, (it) => ({ ...it, created: Option.some(created) })),
    setStep: (step: string) => Ref.update(ref, (it) => ({ ...it, step: Option.some(step) }))
  }))

export class Invocation extends Context.Tag("@effect-pixxel/cli/Invocation")<
  Invocation,
  Effect.Effect.Success<ReturnType<typeof make>>
>() {}

/** The origin of the running command. */
export const origin: Effect.Effect<Origin, never, Invocation> = Effect.flatMap(Invocation, ({ origin }) => origin)

/** Whether the command runs against the embedded mock server, which ends with it. */
export const isMock = ({ options }: Origin): boolean =>
  options.some(({ name, value }) => name === "mock" && value !== "false")

/** Whether the command is a journey of several steps. A repeated one goes on where the last one ended. */
export const isJourney = ({ command }: Origin): boolean => command === "fetch"

export const has = ({ options }: Origin, option: string): boolean => options.some(({ name }) => name === option)

/** The command line without an option. */
export const without = (origin: Origin, option: string): Origin => ({
  ...origin,
  options: origin.options.filter(({ name }) => name !== option)
})
