/** Makes the record of a create, and matches listed items against it. */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import { type Baseline, CreateIntent } from "../CreateIntent.js"
import type { Listing } from "./adopt.js"
import type { Connection } from "./connection.js"
import type { Entry } from "./creatable.js"
import * as policies from "./policy.js"
import type { Tagged } from "./tagged.js"

/** Random bytes as hexadecimal. Effect's `Random` would repeat in processes that share a seed. */
const randomId = (): string => Encoding.encodeHex(globalThis.crypto.getRandomValues(new Uint8Array(16)))

/** Milliseconds by which an item may seem older than its create: the clocks of one service differ a little. */
const tolerance = 1_000

/** Milliseconds after the sending within which the item of a create may be made and listed. */
export const span = ({ grace, timeout }: CreateIntent): number => Duration.toMillis(timeout) + Duration.toMillis(grace)

/** The second of a time of the server that differs by some milliseconds. */
const secondOf = (time: DateTime.Utc, difference = 0) => Math.floor((DateTime.toEpochMillis(time) + difference) / 1000)

/** The window of a create, in whole seconds of the server's clock, the resolution of `Date`. */
const windowOf = (intent: CreateIntent) =>
  Option.map(intent.sentAt, (sentAt) => ({ from: secondOf(sentAt, -tolerance), to: secondOf(sentAt, span(intent)) }))

/** The window of a create. Without a sending time, it begins with the newest item listed before. */
const widestOf = (intent: CreateIntent, newest: Option.Option<DateTime.Utc>) =>
  Option.orElse(windowOf(intent), () => Option.map(newest, (time) => ({ from: secondOf(time), to: Infinity })))

/** Whether a time lies in a window; none if one of both is unknown. */
const isIn = (window: ReturnType<typeof windowOf>, { createdAt }: Entry): Option.Option<boolean> =>
  Option.zipWith(window, createdAt, ({ from, to }, time) => secondOf(time) >= from && secondOf(time) <= to)

/** Whether the item was certainly made within the window, by readable times. */
export const isCertainlyOf = (intent: CreateIntent, item: Entry): boolean =>
  Option.contains(isIn(windowOf(intent), item), true)

/** A predicate for the items that the create may have made: not listed before, and with a fitting time. */
export const matcher = (intent: CreateIntent): ((item: Entry) => boolean) => {
  const { ids, newest } = Option.getOrElse(intent.before, () => ({ ids: [], newest: Option.none() }))
  const window = widestOf(intent, newest)
  const before = new Set<string>(ids)
  return (item) => !before.has(item.id) && !Option.contains(isIn(window, item), false)
}

export interface Parts<Target extends Tagged> {
  readonly key?: string | undefined
  readonly target: Target
  readonly isMarked: boolean
  readonly timeout: Duration.Duration
  readonly grace: Duration.Duration
  /** The list before the create, if any. */
  readonly baseline?: Option.Option<Listing<Entry>>
  /** The current monotonic time. */
  readonly now: number
  /** The current time of the local clock. */
  readonly wall: number
}

/** The later of two times, if any. */
const later = Order.max<Option.Option<DateTime.Utc>>(Option.getOrder(DateTime.Order))

/** Makes the record of a create that is sent now. */
export const make = <Target extends Tagged>({
  baseline = Option.none(),
  grace,
  isMarked,
  key,
  now,
  target,
  timeout,
  wall
}: Parts<Target>): CreateIntent<Target> => {
  const dateOfBaseline = Option.flatMap(baseline, ({ at, date }) => Option.map(date, (date) => date + (now - at)))
  const id = randomId()
  const intent = new CreateIntent({
    id,
    key: Option.fromNullable(key),
    target,
    mark: isMarked ? Option.some(id) : Option.none(),
    sentAt: Option.map(isMarked ? Option.some(wall) : dateOfBaseline, DateTime.unsafeMake),
    timeout,
    grace
  })
  const before = Option.map(baseline, ({ items, unreadable }): Baseline => {
    const newest = items.reduce((last, { createdAt }) => later(last, createdAt), Option.none<DateTime.Utc>())
    const window = widestOf(intent, newest)
    const fitting = items.filter((item) => !Option.contains(isIn(window, item), false))
    return { ids: fitting.map(({ id }) => id), unreadable, newest }
  })
  return new CreateIntent({ ...intent, before })
}

/** Makes the record of a create that a client sends now. */
export const sent = <Target extends Tagged>(
  http: Connection,
  parts: Omit<Parts<Target>, "timeout" | "wall">
): Effect.Effect<CreateIntent<Target>> =>
  Effect.zipWith(policies.inForce(http.retry), Clock.currentTimeMillis, (policy, wall) =>
    make({ ...parts, timeout: policies.timeoutOf(policy), wall })
  )

/** The mark of a record at the end of a name. */
export const markIn = (name: Option.Option<string>): Option.Option<string> =>
  Option.flatMapNullable(name, (it) => /^.* ([0-9a-f]{32})$/s.exec(it)?.[1])

/** Dates a create by a later answer of the server: sent `age` milliseconds before `date`. */
export const dated = (intent: CreateIntent, date: number, age: number): CreateIntent =>
  new CreateIntent({ ...intent, sentAt: Option.some(DateTime.unsafeMake(date - age)) })

/** Extends the timeout of a create whose request was in flight for at least `millis`. */
export const lasting = <Target extends Tagged>(intent: CreateIntent<Target>, millis: number): CreateIntent<Target> =>
  millis <= Duration.toMillis(intent.timeout)
    ? intent
    : new CreateIntent({ ...intent, timeout: Duration.millis(Math.ceil(millis)) })
