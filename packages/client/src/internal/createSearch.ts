/**
 * The pace of a search for items of lost answers: pure steps. It lists until the grace period has passed, and then
 * until a list succeeds, which alone shows all items, since the outage that lost the answer may last. Times are in
 * milliseconds of the monotonic clock.
 */
import { isLate } from "./elapsed.js"

/** A search that sleeps or lists. */
export interface Search {
  /** The end of the grace period. */
  readonly end: number
  /** The end of the patience after it. */
  readonly latest: number
  readonly patience: number
  /** The longest accepted delay requested by the server. */
  readonly longestAsked: number
  /** The planned end of the current sleep or list. */
  readonly due: number
  /** An early list only adds evidence to the last one, so only the last is repeated like other calls. */
  readonly isLast: boolean
}

/** A failed list: `isRefused` by the API itself, with the delay requested by the server. */
export interface Failed {
  readonly isRefused: boolean
  readonly asked: number
}

/** Sleeps for a pause within the grace period, and not after it; never beyond it, and at least until `rest`. */
const sleep = (search: Search, now: number, pause: number, rest = 0): Search => ({
  ...search,
  due: Math.max(now < search.end ? Math.min(search.end, now + pause) : now, rest)
})

/** A suspended machine did not search meanwhile, so the deadline moves with the suspension. */
const awake = (search: Search, now: number): Search =>
  isLate(search.due, now) ? { ...search, latest: Math.max(search.latest, now + search.patience) } : search

/** Begins a search, with a sleep. `pause` is the time until the first list. */
export const start = (
  { grace, ...limits }: Pick<Search, "patience" | "longestAsked"> & { readonly grace: number },
  now: number,
  pause: number
): Search => {
  const end = now + grace
  return sleep({ ...limits, end, latest: end + limits.patience, due: now, isLast: false }, now, pause)
}

/** Lists, after a sleep. */
export const list = (asleep: Search, now: number): Search => {
  const search = awake(asleep, now)
  const isLast = now >= search.end
  return { ...search, isLast, due: isLast ? Math.max(search.latest, now + 1) : search.end }
}

/**
 * Sleeps after a list, which succeeded, had no answer by the end of the grace period, or failed; `undefined` at the end
 * of the search.
 */
export const next = (listed: Search, now: number, pause: number, failed?: Failed): Search | undefined => {
  const search = awake(listed, now)
  const { end, isLast, latest, longestAsked } = search
  if (failed === undefined) return isLast ? undefined : sleep(search, now, pause)
  // A refused list is requested once more, at the end.
  const rest = Math.max(now + failed.asked, isLast ? now + pause : failed.isRefused ? end : 0)
  const isHopeless = isLast && (failed.isRefused || rest >= latest)
  return isHopeless || failed.asked > longestAsked ? undefined : sleep(search, now, pause, rest)
}
