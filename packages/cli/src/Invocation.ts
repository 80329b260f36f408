/**
 * The command line of the running command, for messages: the command name, the options repeated by suggested commands,
 * the job, the insight or the order that the command has created, and its current step.
 */
import type { InsightsApi, JobsApi, OrderId } from "@effect-pixxel/client"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"

/** An option of the command line. A switch has no value. */
export interface Given {
  readonly name: string
  readonly value?: string | undefined
}

/** A job, an insight or an order, which is billed. */
export type Created = JobsApi.JobRef | InsightsApi.InsightRef | { readonly orderId: OrderId }

/** The command line, for a report. */
export interface Origin {
  /** Group and name, such as `jobs get`; empty if there is none. */
  readonly command: string
  readonly options: ReadonlyArray<Given>
  /** The job, the insight or the order created by this command. */
  readonly created: Option.Option<Created>
  /** The current step of a command of several, such as `search`. */
  readonly step: Option.Option<string>
}

/** The origin of a failure before any command runs. */
export const noCommand: Origin = { command: "", options: [], created: Option.none(), step: Option.none() }

export class Invocation extends Context.Tag("@effect-pixxel/cli/Invocation")<Invocation, Invocation.Service>() {}

export declare namespace Invocation {
  export interface Service {
    /** The current state. */
    readonly origin: Effect.Effect<Origin>
    readonly setCreated: (it: Created) => Effect.Effect<void>
    readonly setStep: (step: string) => Effect.Effect<void>
  }
}

/** The origin of the running command. */
export const origin: Effect.Effect<Origin, never, Invocation> = Effect.flatMap(Invocation, ({ origin }) => origin)

export const make = (command: string, options: ReadonlyArray<Given>): Effect.Effect<Invocation.Service> =>
  Effect.map(Ref.make<Origin>({ ...noCommand, command, options }), (ref) => ({
    origin: Ref.get(ref),
    setCreated: (created) => Ref.update(ref, (it) => ({ ...it, created: Option.some(created) })),
    setStep: (step) => Ref.update(ref, (it) => ({ ...it, step: Option.some(step) }))
  }))

/** Whether the command runs against the embedded mock server, which ends with it. */
export const isMock = ({ options }: Origin): boolean =>
  options.some(({ name, value }) => name === "mock" && value !== "false")

/** Whether the command starts a job. */
export const startsJob = ({ command }: Origin): boolean => command === "jobs create" || command === "jobs run"

/** Whether the command starts an insight. A server may ignore the flag of an estimate. */
export const startsInsight = ({ command }: Origin): boolean => /^insights (create|estimate|run)$/.test(command)

/** Whether the command submits an order, or may: a server may ignore the flag of a quote. */
export const startsOrder = ({ command }: Origin): boolean => /^orders (quote|submit)$/.test(command)

/** Whether the command may create what costs money. */
export const isPaid = (origin: Origin): boolean => startsJob(origin) || startsInsight(origin) || startsOrder(origin)

/** Whether the command is a journey of several steps. A repeated one goes on where the last one ended. */
export const isJourney = ({ command }: Origin): boolean => command === "fetch"

/** The thing that the command creates, if it goes on by itself. */
export const createdBy = (origin: Origin): "job" | "insight" | "order" | "AOI" | "visualization" | undefined => {
  if (startsJob(origin)) return "job"
  if (startsOrder(origin)) return "order"
  if (startsInsight(origin)) return "insight"
  if (origin.command === "aois create" || isJourney(origin)) return "AOI"
  return origin.command === "visualizations create" ? "visualization" : undefined
}

export const has = ({ options }: Origin, option: string): boolean => options.some(({ name }) => name === option)
