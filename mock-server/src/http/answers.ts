/** Answers that the routes of all resources give. */
import type { World } from "../core/World.js"
import { ApiError } from "./envelope.js"

const codes = { 400: "bad_request", 403: "forbidden", 404: "not_found" } as const

/** Makes the error of an unknown id. A client must handle all three statuses. */
export const notFound = ({ quirks: { unknownIds = 404 } }: World, what: string, id: string): ApiError =>
  new ApiError(unknownIds, codes[unknownIds], `There is no ${what} ${JSON.stringify(id.slice(0, 80))}.`)

/** Encodes a list by the world's quirks. */
export const listOf = <A>({ quirks }: World, items: ReadonlyArray<A>): ReadonlyArray<A> | null =>
  quirks.emptyLists === "null" && items.length === 0 ? null : items

/** Refuses a new thing whose name another one has; `thing` has its article. */
export const refuseTaken = (others: ReadonlyArray<{ readonly name: string }>, thing: string, name: string): void => {
  if (others.every((other) => other.name !== name)) return
  throw new ApiError(409, "name_taken", `There is ${thing} ${JSON.stringify(name.slice(0, 80))} already.`)
}

/** Refuses one more thing than a world may have; `things` is the word for several. */
export const refuseFull = ({ isFull }: { readonly isFull: boolean }, things: string): void => {
  if (!isFull) return
  throw new ApiError(400, `too_many_${things.toLowerCase()}`, `The world has as many ${things} as maxJobs allows.`)
}
