/**
 * Before a command spends: says what it is about to start and what that is estimated to cost, and asks. Nobody is asked
 * who has agreed beforehand (`--yes`), who reads JSON, or where there is no terminal.
 */
import { type ProjectId, type WorkflowId, WorkflowsApi } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Ask } from "../Ask.js"
import { Declined } from "../Failure.js"
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

export const consent = ({ form, maxCost, projectId, workflowId, yes }: Spending) =>
  Effect.gen(function* () {
    const ask = yield* Ask
    const output = yield* Output
    if (yes || form !== "text" || !(yield* ask.isPossible)) return
    const workflows = yield* WorkflowsApi
    const estimate = yield* Effect.option(workflows.estimate({ workflowId }))
    const cost = Option.flatMap(estimate, ({ estimatedCost }) => estimatedCost)
    // the create refuses that by itself, and says why
    if (maxCost !== undefined && !Option.exists(cost, (amount) => amount <= maxCost)) return
    const about = Option.match(tokens(cost), {
      onNone: () => "What it costs could not be learnt.",
      onSome: (amount) => `It is estimated to cost ${amount}.`
    })
    const question = `This starts a job of workflow ${workflowId} in project ${projectId}. ${about}\nStart it? [y/N]`
    const agreed = yield* Effect.onInterrupt(ask.yesOrNo(plainLines(question)), () =>
      output.note("pixxel: Interrupted. Nothing was started.")
    )
    if (!agreed) return yield* new Declined({ workflowId })
  })

const plainLines = (text: string) => text.split("\n").map(plain).join("\n")
