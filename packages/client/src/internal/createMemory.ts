/**
 * What a client remembers of its creates on one workflow: those that may still have a job that nobody was told of, and
 * the jobs that were told. Both are forgotten in time, so that a process may create jobs for weeks.
 */
import * as Option from "effect/Option"
import type { CreateIntent } from "../CreateIntent.js"
import type { JobId } from "../Ids.js"
import type { Listing } from "./adopt.js"
import * as Intent from "./intent.js"

/** A create that may have made a job. Times are in milliseconds of the monotonic clock. */
export interface Pending {
  readonly intent: CreateIntent
  /** When it was sent; none when that was in another process. */
  readonly sentAt: Option.Option<number>
}

interface Unknown extends Pending {
  readonly until: number
}

export interface Memory {
  /** Creates under way, or looked for right now. */
  readonly open: Map<string, Pending>
  /** Creates whose outcome stayed unknown. */
  readonly unknown: Map<string, Unknown>
  /** The jobs that were told, and when: a list may show them for the first time after that. */
  readonly known: Map<JobId, number>
}

/**
 * How long after the end of its window an unknown outcome is remembered, and how long after it was told a job is known:
 * by then a list shows every job, and the window of no later create reaches back to it.
 */
export const retention = 3_600_000

export const make = (): Memory => ({ open: new Map(), unknown: new Map(), known: new Map() })

export const isEmpty = ({ known, open, unknown }: Memory): boolean => open.size + unknown.size + known.size === 0

/** Remembers a create whose outcome is not known. */
export const remember = ({ open, unknown }: Memory, pending: Pending, now: number): void => {
  const { intent, sentAt } = pending
  open.delete(intent.id)
  const until = Option.getOrElse(sentAt, () => now) + Intent.span(intent) + retention
  unknown.set(intent.id, { ...pending, until })
}

/** Forgets a create whose outcome is known. */
export const settle = ({ open, unknown }: Memory, { id }: CreateIntent): void => {
  open.delete(id)
  unknown.delete(id)
}

export const know = ({ known }: Memory, jobId: JobId, now: number): void => void known.set(jobId, now)

/** Forgets what no search can need any more. */
export const prune = ({ known, open, unknown }: Memory, now: number): void => {
  for (const [id, { until }] of unknown) if (until < now) unknown.delete(id)
  // A search of an old create may meet every job that was told since it was sent.
  let oldest = now
  for (const { sentAt } of [...open.values(), ...unknown.values()]) {
    if (Option.isSome(sentAt)) oldest = Math.min(oldest, sentAt.value)
  }
  for (const [id, told] of known) if (told < oldest - retention) known.delete(id)
}

/**
 * The other creates that may have made one of the jobs of these lists. One without a date of its own gets that of a
 * list, by the monotonic time between them.
 */
export const rivalsOf = (
  { open, unknown }: Memory,
  intents: ReadonlyArray<CreateIntent>,
  listings: ReadonlyArray<Listing>
): ReadonlyArray<CreateIntent> => {
  const own = new Set(intents.map(({ id }) => id))
  const clock = listings.flatMap(({ at, date }) => (Option.isSome(date) ? [{ at, date: date.value }] : []))[0]
  return [...open.values(), ...unknown.values()].flatMap(({ intent, sentAt }) => {
    if (own.has(intent.id)) return []
    if (Option.isSome(intent.sentAt) || Option.isNone(sentAt) || clock === undefined) return [intent]
    return [Intent.dated(intent, clock.date, clock.at - sentAt.value)]
  })
}
