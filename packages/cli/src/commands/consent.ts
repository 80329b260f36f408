/**
 * Requires consent before a command spends money. `--yes` consents in advance. Otherwise the command shows the job and
 * its estimated cost, and asks. Without a terminal, `--max-cost` counts as consent, and so does `--mock`, which costs
 * nothing.
 */
import { type ProjectId, type WorkflowId, WorkflowsApi } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Ask } from "../Ask.js"
import { Declined, toJson, toText, UsageError } from "../Failure.js"
import { Invocation } from "../Invocation.js"
import { Output } from "../Output.js"
import { plain } from "../render/plain.js"
import { tokens } from "../render/words.js"
import type { Common } from "./answer.js"

interface Spending extends Common {
  readonly workflowId: WorkflowId
  readonly projectId: ProjectId
  readonly maxCost: number | undefined
  readonly yes: boolean
}

export const consent = ({ form, maxCost, mock, projectId, workflowId, yes }: Spending) =>
  Effect.gen(function* () {
    if (yes) return
    const ask = yield* Ask
    const output = yield* Output
    if (!(yield* ask.isPossible)) {
      if (maxCost !== undefined || mock) return
      const { command } = yield* Effect.flatMap(Invocation, ({ origin }) => origin)
      return yield* new UsageError({
        message: `pixxel ${command} costs money, and confirmation needs a terminal. Pass --yes or --max-cost TOKENS.`,
        next: "Nothing was started. --max-cost starts only jobs whose estimate does not exceed it."
      })
    }
    const workflows = yield* WorkflowsApi
    const estimate = yield* Effect.option(workflows.estimate({ workflowId }))
    const cost = Option.flatMap(estimate, ({ estimatedCost }) => estimatedCost)
    // the create rejects this by itself, with a reason
    if (maxCost !== undefined && !Option.exists(cost, (amount) => amount <= maxCost)) return
    const about = Option.match(tokens(cost), {
      onNone: () => "The cost could not be estimated.",
      onSome: (amount) => `The estimated cost is ${amount}.`
    })
    const question = `This starts a job of workflow ${workflowId} in project ${projectId}. ${about}\nStart it? [y/N]`
    const interrupted = { code: 130, tag: "Interrupted", message: "Interrupted. Nothing was started." } as const
    const agreed = yield* Effect.onInterrupt(ask.yesOrNo(plainLines(question)), () =>
      output.note(form === "text" ? toText(interrupted) : toJson(interrupted))
    )
    if (!agreed) return yield* new Declined({ workflowId })
  })

const plainLines = (text: string) => text.split("\n").map(plain).join("\n")
