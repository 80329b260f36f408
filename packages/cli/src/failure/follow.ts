/** The commands that go on with a thing, show it, or look for it. */
import * as Option from "effect/Option"
import { syntax } from "../commands/command.js"
import { has, isJourney, isMock, type Origin } from "../Invocation.js"
import { isDownload, suggest } from "./suggest.js"
import { createdBy, isPaid, rowOf } from "./things.js"

/** A subject or a target. */
export interface Named {
  readonly _tag: string
  readonly [id: string]: string | undefined
}

/**
 * The command that goes on with a stopped one. A create goes on with the steps after it, since a second one is paid
 * again; a download waits first if the thing may still run.
 */
export const goOn = (it: Named, origin: Origin, mayRun: boolean): string => {
  const { download, see, wait = see } = rowOf(it)
  if (isDownload(origin) || isJourney(origin)) return suggest(origin.command, it, origin)
  if (download === undefined || !has(origin, "out")) return suggest(wait, it, origin)
  if (!mayRun) return suggest(download, it, origin)
  return Option.exists(syntax(download), ({ switches }) => switches.has("wait"))
    ? suggest(download, it, origin, [{ name: "wait" }])
    : suggest(wait, it, origin)
}

export const see = (it: Named, origin: Origin) => `To see it: ${suggest(rowOf(it).see, it, origin)}`

/** How to wait for a thing, or else to see it. */
export const follow = (it: Named, origin: Origin, words = "To wait for it") =>
  rowOf(it).wait === undefined ? see(it, origin) : `${words}: ${goOn(it, origin, true)}`

export const lookFor = (it: Named, origin: Origin) => {
  const { all, list } = rowOf(it)
  return `List the ${all} before you run it again, and look for a new one: ${suggest(list, it, origin)}`
}

/** The world of the embedded mock server ends with the command, and so does all that this command created. */
export const isGone = (origin: Origin): boolean => isMock(origin) && createdBy(origin) !== undefined

export const gone = (origin: Origin): string => {
  const again = isPaid(origin) ? "start" : "create"
  return `The embedded mock server has ended, and its ${createdBy(origin)?.word} with it. Run the command again to ${again} another.`
}

export const billed = (it: Named) => {
  const { isBilled, word } = rowOf(it)
  return isBilled ? `The ${word} is billed. Do not run it again. ` : ""
}
