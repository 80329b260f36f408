/**
 * The decisions of shared polls: when a list is due, which waiters it wakes, what a failed list means. A step has no
 * clock, no randomness and no effects: it takes the time and a random `share`, and returns the commands. It updates the
 * group in place, since a client may have ten thousand waiters.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { HttpError } from "../HttpError.js"
import type { Outcome } from "../Status.js"
import type { Snapshot, Waiter } from "../Waiter.js"
import type { Dated } from "./call.js"
import { askedFor, asksTooMuch, type Found, isCounted, isFinal, restAfter, sawMore, type Wait } from "./following.js"
import * as pace from "./pace.js"

/** Listed items that cost as much as one get: a job with ten tasks has their bytes, and a request costs more. */
const summariesPerGet = 20

/** A watcher gets its item at every fourth list even if the summary is unchanged: its details may have changed. */
const listsPerGet = 4

/** Consecutive failed lists, while gets succeed, after which lists are given up. */
const failuresInRow = 3

/** Polls without a list after which a list is tried again. */
const patience = 16

/** An item as a list shows it. */
export interface Summary extends Snapshot {
  readonly id: string
  readonly outcome: Outcome
}

/** The signal to a sleeping waiter: the outcome of a get, the order to get the item itself, or its deadline. */
export type Signal<Item> = Found<Item> | "look" | "late"

/** An item with at least one waiter. */
export interface Subject<Ref, Wake> {
  readonly id: string
  readonly ref: Ref
  readonly waiters: Set<Member<Wake>>
  /** The waiter that currently gets the item. */
  looker: Member<Wake> | undefined
  /** The earliest time of the next get. */
  rest: number
  track: pace.Track
  /** The summary in the last list. */
  summary: string
  /** The number of unchanged lists since the last get. */
  listsSince: number
}

/** One wait or watch of an item. */
export interface Member<Wake> extends Wait {
  /** Whether changes that no list shows matter too. */
  readonly detailed: boolean
  /** Set while it sleeps. */
  wake: Wake | undefined
}

/** The waiters for the items of one list. */
export class Group<Ref, Wake> {
  readonly subjects = new Map<string, Subject<Ref, Wake>>()
  /** The earliest time of the next list. */
  rest = -Infinity
  /** The share of recently listed items that needed no get. */
  share = 1
  /** The number of polls left without a list, after failed lists. */
  listless = 0
  /** The number of consecutive lists that failed alone. */
  failures = 0
  /** The failure of the last list, until a get shows whether gets fail too. */
  doubt: HttpError | undefined

  /** `size` is the number of items in the last list; a history only grows. */
  constructor(public size: number) {}
}

export const begin = <Ref, Wake>(size: number) => new Group<Ref, Wake>(size)

export const subjectOf = <Ref, Wake>(id: string, ref: Ref, now: number): Subject<Ref, Wake> => ({
  id,
  ref,
  waiters: new Set(),
  looker: undefined,
  rest: now,
  track: pace.begin(now),
  summary: "",
  listsSince: 0
})

/** A requested list. */
interface Requested {
  /** The shortest floor of the waiters that it was requested for. */
  readonly floor: number
}

export type Event<Ref, Wake, Item extends Snapshot> =
  /** The time of `nextLook` has come. */
  | { readonly _tag: "Due" }
  | (Requested & { readonly _tag: "Listed"; readonly answer: Dated<ReadonlyArray<Summary>>; readonly share: number })
  | (Requested & { readonly _tag: "NotListed"; readonly error: HttpError })
  /** A get has shown whether the API fails, or only its list, with `error`. */
  | {
      readonly _tag: "Checked"
      readonly subject: Subject<Ref, Wake>
      readonly result: Found<Item>
      readonly error: HttpError
      readonly share: number
    }
  /** A waiter got its item. */
  | {
      readonly _tag: "Found"
      readonly subject: Subject<Ref, Wake>
      readonly result: Found<Item>
      readonly waiter: Waiter
    }
  /** The timer of a deadline ended. `sleptUntil`: the time to which the group was asleep. */
  | { readonly _tag: "TimedOut"; readonly member: Member<Wake>; readonly sleptUntil: number | undefined }

export type Command<Ref, Wake, Item> =
  | { readonly _tag: "Wake"; readonly wake: Wake; readonly signal: Signal<Item> }
  /** Request the list that shows the item of `ref`. */
  | (Requested & { readonly _tag: "List"; readonly ref: Ref })
  /** Get one item without retries, after the `error` of a list. */
  | { readonly _tag: "Check"; readonly subject: Subject<Ref, Wake>; readonly error: HttpError }

/** The time of the first due sleeping waiter of an item. */
export const firstDue = <Wake>({ waiters }: Pick<Subject<unknown, Wake>, "waiters">) => {
  let first = Infinity
  for (const { due, wake } of waiters) if (wake !== undefined && due < first) first = due
  return first
}

/** The items with a sleeping waiter and no get in progress. */
const sleeping = <Ref, Wake>({ subjects }: Group<Ref, Wake>) =>
  [...subjects.values()].filter((it) => it.looker === undefined && firstDue(it) < Infinity)

/** The time from which an item may be polled for a sleeping waiter. */
const dueOf = (subject: Subject<unknown, unknown>) => Math.max(firstDue(subject), subject.rest)

const isWorth = <Ref, Wake>({ listless, share, size }: Group<Ref, Wake>, items: number) =>
  items > 1 && listless === 0 && 1 + size / summariesPerGet <= share * items

/** The time of the next event `Due`. */
export const nextLook = <Ref, Wake>(group: Group<Ref, Wake>): number => {
  const items = sleeping(group)
  let first = Infinity
  for (const item of items) first = Math.min(first, dueOf(item))
  return isWorth(group, items.length) ? Math.max(first, group.rest) : first
}

/** The shortest floor of all waiters. */
const floorOf = (items: ReadonlyArray<Subject<unknown, unknown>>) => {
  let least = Infinity
  for (const { waiters } of items) {
    for (const { waiter } of waiters) least = Math.min(least, pace.floor(waiter))
  }
  return least
}

const fingerprint = ({ progress, status }: Snapshot) =>
  `${Option.getOrNull(status)} ${Option.getOrNull(progress ?? Option.none())}`

const wantsLook = <Wake>(subject: Subject<unknown, Wake>, summary: Summary): boolean => {
  if (Option.isNone(summary.status) || summary.outcome !== "pending") return true
  const now = fingerprint(summary)
  const changed = now !== subject.summary
  subject.summary = now
  subject.listsSince++
  if (!changed && subject.listsSince < listsPerGet) return false
  for (const { detailed } of subject.waiters) if (detailed) return true
  return false
}

export const step = <Ref, Wake, Item extends Snapshot>(
  group: Group<Ref, Wake>,
  event: Event<Ref, Wake, Item>,
  now: number
): ReadonlyArray<Command<Ref, Wake, Item>> => {
  type Own = Subject<Ref, Wake>
  const commands: Array<Command<Ref, Wake, Item>> = []

  const rouse = (member: Member<Wake>, signal: Signal<Item>) => {
    const { wake } = member
    if (wake === undefined) return
    member.wake = undefined
    commands.push({ _tag: "Wake", wake, signal })
  }

  const delay = (member: Member<Wake>, until: number) => {
    member.due = Math.max(member.due, until)
  }

  const endIfLate = (member: Member<Wake>) => {
    const isLate = member.deadline.left(now) <= 0
    if (isLate) rouse(member, "late")
    return isLate
  }

  /** Wakes one sleeping waiter to get the item; the others wait for its outcome. */
  const lookAt = (subject: Own) => {
    for (const member of subject.waiters) {
      if (member.wake === undefined) continue
      subject.looker = member
      return rouse(member, "look")
    }
  }

  /** Passes the outcome of a get to all waiters of the item. */
  const pass = (subject: Own, result: Found<Item>, least: number) => {
    subject.rest = now + Math.max(least, restAfter(Either.merge(result)))
    subject.listsSince = 0
    if (Either.isRight(result)) {
      subject.track = pace.saw(subject.track, now, result.right.value)
      subject.summary = fingerprint(result.right.value)
    }
    for (const member of subject.waiters) rouse(member, result)
  }

  /** Decides by a single get whether only the list fails, or the API. */
  const check = (error: HttpError) => {
    const [subject] = sleeping(group).sort((a, b) => a.rest - b.rest)
    if (subject === undefined) return
    if (subject.rest > now) {
      group.rest = Math.max(group.rest, subject.rest)
      return
    }
    group.doubt = undefined
    commands.push({ _tag: "Check", subject, error })
  }

  switch (event._tag) {
    case "Due": {
      const items = sleeping(group)
      const [first] = items
      if (first === undefined) break
      if (!isWorth(group, items.length)) {
        // Try the savings of a list again from time to time.
        group.share += (1 - group.share) / patience
        group.listless = Math.max(0, group.listless - 1)
        for (const item of items) if (dueOf(item) <= now) lookAt(item)
        break
      }
      // Another waiter may just have made the list worthwhile.
      if (group.rest > now) break
      if (group.doubt === undefined) commands.push({ _tag: "List", ref: first.ref, floor: floorOf(items) })
      else check(group.doubt)
      break
    }

    case "Listed": {
      const { retryAfter, value: summaries } = event.answer
      // A waiter that joined during the list may find its item in it.
      const items = sleeping(group)
      group.rest = now + Math.max(event.floor, restAfter(event.answer))
      group.failures = 0
      group.size = summaries.length
      // A delay requested by the list applies to all waiters that depend on it.
      const least = Option.isSome(retryAfter) ? group.rest : now
      const shown = new Map(summaries.map((summary) => [summary.id, summary]))
      let asleep = 0
      for (const subject of items) {
        const summary = shown.get(subject.id)
        if (summary !== undefined) subject.track = pace.saw(subject.track, now, summary)
        if (summary === undefined || wantsLook(subject, summary)) {
          if (subject.rest <= now) {
            lookAt(subject)
          } else {
            // The item was polled a moment ago.
            subject.listsSince = listsPerGet
            for (const member of subject.waiters) member.due = subject.rest
          }
          continue
        }
        asleep++
        for (const member of subject.waiters) {
          member.seen = sawMore(member.seen, summary)
          member.failures = 0
          member.due = Math.max(least, now + pace.delay(member.waiter, subject.track, now, 0, event.share))
          member.deadline.looked(now)
          endIfLate(member)
        }
      }
      if (items.length > 0) group.share = (group.share + asleep / items.length) / 2
      break
    }

    case "NotListed": {
      const { error } = event
      const least = now + event.floor
      if (isFinal(error) || asksTooMuch(error)) {
        // Each waiter polls alone, and gets the same answer as without the others.
        group.listless = Infinity
        group.rest = least
        break
      }
      group.rest = Math.max(least, now + restAfter(error))
      group.doubt = error
      if (askedFor(error) === 0) {
        check(error)
        break
      }
      for (const { waiters } of sleeping(group)) for (const member of waiters) delay(member, group.rest)
      break
    }

    case "Checked": {
      const { error, result, share, subject } = event
      if (Either.isLeft(result) && isCounted(result.left)) {
        group.rest = Math.max(group.rest, now + askedFor(result.left))
        // A 404 for the list says nothing about its items.
        const failure = Either.left(isCounted(error) ? error : result.left)
        for (const { waiters } of sleeping(group)) for (const member of waiters) rouse(member, failure)
        break
      }
      pass(subject, result, floorOf([subject]))
      group.failures = (group.failures + 1) % failuresInRow
      if (group.failures === 0) {
        group.listless = patience
        break
      }
      for (const { track, waiters } of sleeping(group)) {
        for (const member of waiters) {
          delay(member, now + pace.delay(member.waiter, track, now, member.failures, share))
        }
      }
      break
    }

    case "Found":
      pass(event.subject, event.result, pace.floor(event.waiter))
      break

    case "TimedOut": {
      const { member, sleptUntil } = event
      if (sleptUntil !== undefined) member.deadline.slept(sleptUntil, 0, now)
      // One more poll is due after a late timer.
      if (!endIfLate(member)) member.due = Math.min(member.due, now)
      break
    }
  }
  return commands
}
