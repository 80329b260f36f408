/** Reports a stopped command, and what continues without it. */
import { capitalize } from "effect/String"
import { isJourney, type Origin } from "../Invocation.js"
import { follow, gone, goOn, isGone, lookFor, type Named } from "./follow.js"
import type { Report } from "./report.js"
import { suggest } from "./suggest.js"
import { idOf, one, rowOf, type Thing } from "./things.js"

/** The reason why a command stops early: a signal, or an output without a reader. */
export type Stop = "Interrupted" | "OutputClosed"

const stops = { Interrupted: "Interrupted", OutputClosed: "The output was closed" } as const

const stoppedBy = (stop: Stop) => ({ code: stop === "Interrupted" ? 130 : 141, tag: stop }) as const

const factsOf = ({ _tag, ...ids }: Named) => ids

/** Reports a stopped create, wait or run of a thing. `made` continue: none before the create has ended. */
export const stopped = (stop: Stop, it: Thing, made: ReadonlyArray<Thing>, origin: Origin): Report => {
  const row = rowOf(it)
  const [first = it, ...others] = made
  const ids = made.flatMap((one) => idOf(one) ?? [])
  const report = { ...stoppedBy(stop), facts: others.length > 0 ? { ids } : factsOf(first) }
  if (isGone(origin)) return { ...report, message: `${stops[stop]}.`, next: gone(origin) }
  if (others.length > 0) {
    return {
      ...report,
      message: `${stops[stop]}. ${capitalize(row.all)} ${ids.join(", ")} exist.`,
      next: `To see them: ${suggest(row.list, {}, origin)}`
    }
  }
  return ids.length === 0
    ? {
        ...report,
        message: `${stops[stop]} while ${one(row)} was being created. The ${row.word} may exist${row.isBilled ? " and cost money" : ""}.`,
        next: isJourney(origin)
          ? `To look for it by its name, and go on: ${suggest(origin.command, {}, origin)}`
          : lookFor(it, origin)
      }
    : {
        ...report,
        message: `${stops[stop]}. ${capitalize(row.word)} ${ids[0]} continues.`,
        next: follow(first, origin, "To wait again")
      }
}

/** Reports a stopped download. */
export const stoppedDownload = (stop: Stop, it: Named, origin: Origin): Report => ({
  ...stoppedBy(stop),
  message: `${stops[stop]}. The received bytes are kept.`,
  next: isGone(origin) ? gone(origin) : `To fetch the rest: ${goOn(it, origin, false)}`,
  facts: factsOf(it)
})

/** Reports a stopped quote. A server that ignores the flag of a quote places the order. */
export const stoppedQuote = (it: Thing, origin: Origin): Report => ({
  ...stoppedBy("Interrupted"),
  message: "Interrupted while an order was being quoted. A server that ignores the flag of a quote places the order.",
  next: isGone(origin) ? gone(origin) : lookFor(it, origin)
})

/** The note of a command that was stopped while a thing that costs money is being created. */
export const stillCreating = (it: Thing, origin: Origin, doing = `${one(rowOf(it))} is being created`): string =>
  [
    `pixxel: Interrupted while ${doing}. Waiting to find out whether the ${rowOf(it).word} exists. Interrupt again to stop waiting.`,
    ...(isGone(origin) ? [] : [`  ${lookFor(it, origin)}`])
  ].join("\n")
