/**
 * The pace of a search for items of lost answers: a pure step. It lists until the grace period has passed, and then
 * until a list succeeds, which alone shows all items, since the outage that lost the answer may last. Times are in
 * milliseconds of the monotonic clock.
 */

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
  /** Whether the current list is one after the grace period. */
  readonly isLast: boolean
}

export type Event =
  | { readonly _tag: "Woken" }
  /** The list succeeded, or had no answer by the end of the grace period. */
  | { readonly _tag: "Listed" }
  /** The list failed: `isRefused` by the API itself, with the delay requested by the server. */
  | { readonly _tag: "Failed"; readonly isRefused: boolean; readonly asked: number }

export type Command =
  | { readonly _tag: "Sleep"; readonly millis: number }
  /** An early list only adds evidence to the last one, so only the last is repeated like other calls. */
  | { readonly _tag: "List"; readonly timeout: number; readonly isLast: boolean }
  | { readonly _tag: "End"; readonly hasFailed: boolean }

/** Milliseconds by which a sleep may be late on a busy machine. */
const punctual = 1_000

/** Sleeps for a pause within the grace period, and not after it; never beyond it, and at least until `rest`. */
const sleep = (search: Search, now: number, pause: number, rest: number): readonly [Search, Command] => {
  const due = Math.max(now < search.end ? Math.min(search.end, now + pause) : now, rest)
  // In whole milliseconds: a clock may not resolve less, and the search would never end.
  return [
    { ...search, due },
    { _tag: "Sleep", millis: Math.ceil(due - now) }
  ]
}

/** A suspended machine did not search meanwhile, so the deadline moves with the suspension. */
const awake = (search: Search, now: number): Search =>
  now > search.due + punctual ? { ...search, latest: Math.max(search.latest, now + search.patience) } : search

/** Begins a search. `pause` is the time until the next list. */
export const start = (
  { grace, ...limits }: Pick<Search, "patience" | "longestAsked"> & { readonly grace: number },
  now: number,
  pause: number
): readonly [Search, Command] => {
  const end = now + grace
  return sleep({ ...limits, end, latest: end + limits.patience, due: now, isLast: false }, now, pause, 0)
}

export const step = (before: Search, event: Event, now: number, pause: number): readonly [Search, Command] => {
  const search = awake(before, now)
  const { end, isLast, latest, longestAsked } = search
  switch (event._tag) {
    case "Woken": {
      const isLast = now >= end
      const due = isLast ? Math.max(latest, now + 1) : end
      return [
        { ...search, due, isLast },
        { _tag: "List", timeout: due - now, isLast }
      ]
    }
    case "Listed":
      return isLast ? [search, { _tag: "End", hasFailed: false }] : sleep(search, now, pause, 0)
    case "Failed": {
      // A refused list is requested once more, at the end.
      const least = isLast ? now + pause : event.isRefused ? end : 0
      const rest = Math.max(now + event.asked, least)
      const isHopeless = isLast && (event.isRefused || rest >= latest)
      return isHopeless || event.asked > longestAsked
        ? [search, { _tag: "End", hasFailed: true }]
        : sleep(search, now, pause, rest)
    }
  }
}
