/** Requires consent before a command spends money or deletes something. `--yes` consents in advance. */
import { type JobsApi, WorkflowsApi } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Ask } from "../Ask.js"
import { Declined, toJson, toText, UsageError } from "../Failure.js"
import { origin } from "../Invocation.js"
import { Output } from "../Output.js"
import { plainLines } from "../render/plain.js"
import { tokens } from "../render/words.js"
import type { Common } from "./answer.js"

type Consenting = Common & { readonly yes: boolean }

interface Question<E, R> {
  /** The question; none to go on without asking. */
  readonly question: Effect.Effect<Option.Option<string>, E, R>
  /** The message of a refusal. */
  readonly nothing: string
  /** The facts for the error without a terminal; none if the command then needs no consent. */
  readonly without: Option.Option<{ readonly does: string; readonly options: string; readonly next: string }>
}

/** Reports that a command was stopped before it did anything. */
export const reportingStop =
  (form: Common["form"], nothing: string) =>
  <A, E, R>(self: Effect.Effect<A, E, R>) =>
    Effect.flatMap(Output, ({ note }) => {
      const stopped = { code: 130, tag: "Interrupted", message: `Interrupted. ${nothing}` } as const
      return Effect.onInterrupt(self, () => note(form === "text" ? toText(stopped) : toJson(stopped)))
    })

/** Asks before the command goes on. */
export const confirm = <E, R>({ form, yes }: Consenting, { nothing, question, without }: Question<E, R>) =>
  Effect.gen(function* () {
    if (yes) return
    const ask = yield* Ask
    if (!(yield* ask.isPossible)) {
      if (Option.isNone(without)) return
      const { does, next, options } = without.value
      const { command } = yield* origin
      const message = `pixxel ${command} ${does}, and confirmation needs a terminal. Pass ${options}.`
      return yield* new UsageError({ message, next })
    }
    const asked = yield* question
    if (Option.isNone(asked)) return
    const agreed = yield* ask.yesOrNo(plainLines(asked.value)).pipe(reportingStop(form, nothing))
    if (!agreed) return yield* new Declined({ message: nothing })
  })

interface Spending<E, R> {
  /** The words for the thing and its payer, after "This starts". */
  readonly what: string
  /** The plural of the thing. */
  readonly things: string
  /** The estimated cost, if it can be estimated. */
  readonly estimate: Effect.Effect<Option.Option<number>, E, R>
}

/**
 * Requires consent before a command spends money. Shows the thing and its estimated cost, and asks. Without a terminal,
 * `--max-cost` counts as consent, and so does `--mock`, which costs nothing.
 */
export const spend = <E, R>(
  options: Consenting & { readonly maxCost: number | undefined },
  { estimate, things, what }: Spending<E, R>
) => {
  const { maxCost, mock } = options
  const question = Effect.gen(function* () {
    const cost = yield* estimate
    // the create rejects this by itself, with a reason
    if (maxCost !== undefined && !Option.exists(cost, (amount) => amount <= maxCost)) return Option.none()
    const about = Option.match(tokens(cost), {
      onNone: () => "The cost could not be estimated.",
      onSome: (amount) => `The estimated cost is ${amount}.`
    })
    return Option.some(`This starts ${what}. ${about}\nStart it? [y/N]`)
  })
  return confirm(options, {
    question,
    nothing: "Nothing was started.",
    without:
      maxCost !== undefined || mock
        ? Option.none()
        : Option.some({
            does: "costs money",
            options: "--yes or --max-cost TOKENS",
            next: `Nothing was started. --max-cost starts only ${things} whose estimate does not exceed it.`
          })
  })
}

type Job = Consenting & Pick<JobsApi.CreateInput, "workflowId" | "projectId"> & { readonly maxCost: number | undefined }

/** Requires consent before a command starts a job. */
export const consent = (options: Job) =>
  spend(options, {
    what: `a job of workflow ${options.workflowId} in project ${options.projectId}`,
    things: "jobs",
    estimate: Effect.flatMap(WorkflowsApi, (api) => Effect.option(api.estimate(options))).pipe(
      Effect.map(Option.flatMap(({ estimatedCost }) => estimatedCost))
    )
  })
