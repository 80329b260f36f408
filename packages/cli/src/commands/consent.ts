/** Requires consent before a command spends money or deletes something. `--yes` consents in advance. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Ask } from "../Ask.js"
import { Declined, UsageError } from "../failure/errors.js"
import { inForm } from "../failure/text.js"
import { origin } from "../Invocation.js"
import { Output } from "../Output.js"
import { plainLines } from "../render/plain.js"
import { tokens } from "../render/words.js"
import type { Common } from "./answer.js"

type Consenting = Common & { readonly yes: boolean; readonly maxCost?: number | undefined }

interface Question<E, R> {
  /** The question, and the cost that it shows: none if it is not known, undefined if there is no cost. */
  readonly question: Effect.Effect<{ readonly text: string; readonly cost?: Option.Option<number> }, E, R>
  /** The message of a refusal. */
  readonly nothing: string
  /** The reason for consent, after the name of the command. */
  readonly does: string
  /** The effect of `--max-cost`, if the command has it. */
  readonly limit?: string
}

/** Reports that a command was stopped before it did anything. */
export const reportingStop =
  (form: Common["form"], nothing: string) =>
  <A, E, R>(self: Effect.Effect<A, E, R>) =>
    Effect.flatMap(Output, ({ note }) => {
      const stopped = { code: 130, tag: "Interrupted", message: `Interrupted. ${nothing}` } as const
      return Effect.onInterrupt(self, () => note(inForm(stopped, form)))
    })

/** Asks before the command goes on. Without a terminal, `--max-cost` counts as consent, and so does `--mock`. */
export const confirm = <E, R>(
  { form, maxCost, mock, yes }: Consenting,
  { does, limit, nothing, question }: Question<E, R>
) =>
  Effect.gen(function* () {
    if (yes) return
    const ask = yield* Ask
    if (!(yield* ask.isPossible)) {
      if (mock || maxCost !== undefined) return
      const { command } = yield* origin
      const ways = limit === undefined ? "--yes" : "--yes or --max-cost TOKENS"
      const message = `pixxel ${command} ${does}, and confirmation needs a terminal. Pass ${ways}.`
      return yield* new UsageError({ message, next: limit === undefined ? nothing : `${nothing} ${limit}` })
    }
    const { cost, text } = yield* question
    // the create rejects this by itself, with a reason
    if (cost && maxCost !== undefined && !Option.exists(cost, (amount) => amount <= maxCost)) return
    const agreed = yield* ask.yesOrNo(plainLines(text)).pipe(reportingStop(form, nothing))
    if (!agreed) return yield* new Declined({ message: nothing })
  })

interface Start<E, R> {
  /** The words for the thing and its payer, after "This starts". */
  readonly what: string
  /** The plural of the thing. */
  readonly things: string
  /** The estimated cost, if it can be estimated. */
  readonly estimate: Effect.Effect<Option.Option<number>, E, R>
}

/** Requires consent before a command starts a thing. Shows the thing and its estimated cost, and asks. */
export const spend = <E, R>(options: Consenting, { estimate, things, what }: Start<E, R>) =>
  confirm(options, {
    does: "costs money",
    question: Effect.map(estimate, (cost) => {
      const about = Option.match(tokens(cost), {
        onNone: () => "The cost could not be estimated.",
        onSome: (amount) => `The estimated cost is ${amount}.`
      })
      return { cost, text: `This starts ${what}. ${about}\nStart it? [y/N]` }
    }),
    nothing: "Nothing was started.",
    limit: `--max-cost starts only ${things} whose estimate does not exceed it.`
  })
