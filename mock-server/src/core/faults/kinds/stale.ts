/** Stale reads, which do not see a new job yet, as from a database replica with a lag. */
import { parseDuration } from "../../Duration.js"
import { operationOf, operationsOn } from "../../Operations.js"
import { duration } from "../../Shape.js"
import type { World } from "../../World.js"
import type { FaultEffect } from "../Plan.js"
import { faultKind } from "./parts.js"

/** Returns the milliseconds since the creation of the thing that a request is about, or of the youngest in its list. */
export const ageOf = (world: World, operation: string, ids: Readonly<Record<string, string>>): number | undefined => {
  const drawer = world.drawerOf(operation)
  const { key = "", role } = operationOf(operation) ?? {}
  const things = role === "list" ? (drawer?.within(ids) ?? []) : [ids[key] ?? ""]
  const times = things.flatMap((id) => drawer?.createdAt(id) ?? [])
  return times.length === 0 ? undefined : world.clock.now - times.reduce((a, b) => Math.max(a, b))
}

/** A thing in a list, whose id may have the word for the thing. */
type Listed = Readonly<Record<string, string | undefined>>

/** Removes the things younger than `than` milliseconds from a list; leaves other bodies unchanged. */
const withoutYounger = (world: World, operation: string, body: string, than: number): string => {
  const { items = "", subject = "" } = operationOf(operation) ?? {}
  const about = subject.toLowerCase()
  const answer: Readonly<Record<string, ReadonlyArray<Listed> | undefined>> = JSON.parse(body)
  const drawer = world.drawerOf(operation)
  const isOld = ({ id, [`${about}_id`]: own = id }: Listed) =>
    world.clock.now - (drawer?.createdAt(own ?? "") ?? Number.NEGATIVE_INFINITY) >= than
  const list = answer[items]
  return Array.isArray(list) ? JSON.stringify({ ...answer, [items]: list.filter(isOld) }) : body
}

const description = "Time after a create in which its job is not found, and is in no list."

export const kind = faultKind(duration, description, ["5s"], {
  isHarmless: true,
  operations: operationsOn("look", "list", "package"),
  draw: "time",
  isDue: (lag, { age }) => age !== undefined && age < parseDuration(lag),
  before: (_, { operation }) => (operationOf(operation)?.role === "list" ? undefined : { refusal: "notFound" }),
  edit: (lag, { operation, status, text, world }) => {
    if (status !== 200 || text === undefined) return undefined
    const fresh = Buffer.from(withoutYounger(world, operation, text, parseDuration(lag)))
    return { length: fresh.length, pieces: [fresh] }
  }
})

/**
 * Hides a job from `getJobById`, `downloadJob`, `downloadTask` and `listJobs` for this long after its creation.
 *
 * @since 0.1.0
 * @category effects
 */
export const stale = (duration: string): FaultEffect => ({ stale: duration })
