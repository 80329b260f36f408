/**
 * The memory of a client about its creates in one list: creates that may have an unreported item, and the reported
 * items. Both expire, so that a process can create for weeks.
 */
import * as Option from "effect/Option"
import type { CreateIntent } from "../CreateIntent.js"
import type { Listing } from "./adopt.js"
import * as Intent from "./intent.js"

/** A create that may have made an item. Times are in milliseconds of the monotonic clock. */
export interface Pending {
  readonly intent: CreateIntent
  /** The sending time; none for a create of another process. */
  readonly sentAt: Option.Option<number>
}

/**
 * The time for which the memory keeps an unknown outcome after the end of its window, and a reported item after the
 * report. By then every list shows the item, and no window of a later create reaches back to it.
 */
export const retention = 3_600_000

export const make = () => ({
  /** Creates in progress, or searched for now. */
  open: new Map<string, Pending>(),
  /** Creates whose outcome remained unknown. */
  unknown: new Map<string, Pending & { readonly until: number }>(),
  /** The reported items, with the time of the report: a list may first show an item after its report. */
  known: new Map<string, number>()
})

export type Memory = ReturnType<typeof make>

export const isEmpty = ({ known, open, unknown }: Memory): boolean => open.size + unknown.size + known.size === 0

export const remember = ({ open, unknown }: Memory, pending: Pending, now: number): void => {
  const { intent, sentAt } = pending
  open.delete(intent.id)
  const until = Option.getOrElse(sentAt, () => now) + Intent.span(intent) + retention
  unknown.set(intent.id, { ...pending, until })
}

export const settle = ({ open, unknown }: Memory, { id }: CreateIntent): void => {
  open.delete(id)
  unknown.delete(id)
}

export const know = ({ known }: Memory, id: string, now: number): void => void known.set(id, now)

/** Forgets entries that no search can need any more. */
export const prune = ({ known, open, unknown }: Memory, now: number): void => {
  for (const [id, { until }] of unknown) if (until < now) unknown.delete(id)
  // A search for an old create may meet every item reported since its sending. Without a list before, none is made.
  let oldest = now
  for (const { intent, sentAt } of [...open.values(), ...unknown.values()]) {
    if (Option.isSome(sentAt) && Option.isSome(intent.before)) oldest = Math.min(oldest, sentAt.value)
  }
  for (const [id, at] of known) if (at < oldest - retention) known.delete(id)
}

/**
 * The other creates that may have made an item of these lists. A create without a date gets one from a list, by the
 * monotonic time between them.
 */
export const rivalsOf = (
  { open, unknown }: Memory,
  intents: ReadonlyArray<CreateIntent>,
  listings: ReadonlyArray<Listing<unknown>>
): ReadonlyArray<CreateIntent> => {
  const own = new Set(intents.map(({ id }) => id))
  const clock = listings.flatMap(({ at, date }) => (Option.isSome(date) ? [{ at, date: date.value }] : []))[0]
  return [...open.values(), ...unknown.values()].flatMap(({ intent, sentAt }) => {
    if (own.has(intent.id)) return []
    if (Option.isSome(intent.sentAt) || Option.isNone(sentAt) || clock === undefined) return [intent]
    return [Intent.dated(intent, clock.date, clock.at - sentAt.value)]
  })
}
