/**
 * Assigns new items to creates whose answers were lost: a pure function of the evidence.
 *
 * If requests carry a mark, the listed item with the mark of a create is its item, and no other is. Otherwise an item
 * does not name its create. So a create gets an item only if the new items are as many as the creates that may have
 * made them, each fits the window of its create, and no evidence contradicts the assignment. In all other cases two
 * callers could hold the same item, or a caller could hold the item of another writer.
 *
 * Creates with disjoint windows are independent. So records and items are grouped: two records belong together if an
 * item fits both.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { CreateIntent } from "../CreateIntent.js"
import type { Entry, Words } from "./creatable.js"
import { isCertainlyOf, matcher } from "./intent.js"
import type { Listed } from "./wire.js"

export interface Listing<Item> extends Listed<Item> {
  /** The time of the answer by the server's clock, in milliseconds. */
  readonly date: Option.Option<number>
  /** The arrival, in milliseconds of the monotonic clock. */
  readonly at: number
}

export interface Kind<Item> {
  readonly words: Pick<Words<never>, "noun" | "nouns" | "payer">
  readonly mark?: ((item: Item) => Option.Option<string>) | undefined
  readonly resembles?: ((item: Item, target: never) => boolean) | undefined
}

export interface Evidence<Item> {
  /** The creates whose items are searched for. */
  readonly intents: ReadonlyArray<CreateIntent>
  /** Other creates of this client that may have made an item, and get none here. */
  readonly rivals: ReadonlyArray<CreateIntent>
  /** The lists made after all creates were sent, in order. */
  readonly listings: ReadonlyArray<Listing<Item>>
  /** The items whose ids this client or a caller of it already has. */
  readonly known: { readonly has: (id: string) => boolean }
  /** The users seen as creators of this client's items. */
  readonly creators: ReadonlySet<string>
}

export interface Unassigned<Item> {
  readonly why: string
  readonly candidates: ReadonlyArray<Item>
}

/** The item of a create, or the reason why it is unknown. */
export type Assignment<Item> = Either.Either<Item, Unassigned<Item>>

type Claim = ReturnType<ReturnType<typeof claimOf>>

const claimOf = (isRival: boolean) => (intent: CreateIntent) => ({ intent, isRival, fits: matcher(intent) }) as const

/** The listed items, each in its last state. An item that later lists omit still counts. */
const lastStates = <Item extends Entry>({ listings }: Evidence<Item>): ReadonlyArray<Item> => [
  ...new Map(listings.flatMap(({ items }) => items.map((item) => [item.id, item]))).values()
]

/** The records that fit common items with one of them, and these items. */
const groupOf = <Item extends Entry>(start: Claim, claims: ReadonlyArray<Claim>, all: ReadonlyArray<Item>) => {
  const reached = new Set([start])
  const items = new Set<Item>()
  // Iterating a Set also yields the elements added during the iteration.
  for (const { fits } of reached) {
    for (const item of all) {
      if (items.has(item) || !fits(item)) continue
      items.add(item)
      for (const other of claims) if (other.fits(item)) reached.add(other)
    }
  }
  return { claims: claims.filter((claim) => reached.has(claim)), items: all.filter((item) => items.has(item)) }
}

type Group<Item extends Entry> = ReturnType<typeof groupOf<Item>>

/** Assigns a fitting item to each claim, each item once, if possible. */
const match = <Item extends Entry>({ claims, items }: Group<Item>): ReadonlyMap<Claim, Item> | undefined => {
  const holder = new Map<Item, Claim>()
  const place = (claim: Claim, tried: Set<Item>): boolean =>
    items.some((item) => {
      if (tried.has(item) || !claim.fits(item)) return false
      tried.add(item)
      const other = holder.get(item)
      if (other !== undefined && !place(other, tried)) return false
      holder.set(item, claim)
      return true
    })
  if (!claims.every((claim) => place(claim, new Set()))) return undefined
  return new Map([...holder].map(([item, claim]) => [claim, item]))
}

/**
 * Whether another assignment exists in which a rival holds the item of a searching create. Exchanges among searching
 * creates are harmless: their items have the same target.
 */
const isContested = ({ claims }: Group<Entry>, held: ReadonlyMap<Claim, Entry>): boolean => {
  const mayTake = (claim: Claim, other: Claim) => {
    const item = held.get(other)
    return item !== undefined && claim.fits(item)
  }
  const reachable = (start: Claim) => {
    const reached = new Set([start])
    for (const claim of reached) for (const other of claims) if (mayTake(claim, other)) reached.add(other)
    return reached
  }
  return claims.some(
    (claim) => !claim.isRival && [...reachable(claim)].some((other) => other.isRival && reachable(other).has(claim))
  )
}

const isForeign = ({ createdBy }: Entry, creators: ReadonlySet<string>) =>
  creators.size > 0 && Option.exists(createdBy, (name) => !creators.has(name))

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`

const unreadableBefore = ({ before }: CreateIntent) =>
  Option.match(before, { onNone: () => Infinity, onSome: ({ unreadable }) => unreadable })

/** The items of a group's creates, or the reason why they are unknown. */
const decide = <Item extends Entry>(
  group: Group<Item>,
  { creators, listings }: Evidence<Item>,
  { noun, payer }: Kind<Item>["words"]
): ReadonlyMap<Claim, Item> | string => {
  const { claims, items } = group
  if (items.length === 0) return `No new ${noun} has appeared.`
  const hasRivals = claims.some(({ isRival }) => isRival)
  if (new Set(claims.map(({ intent }) => String(intent.target))).size > 1) {
    return `Creates for several ${payer}s have no known ${noun}, and a ${noun} does not name its ${payer}.`
  }
  if (items.length !== claims.length) {
    return hasRivals
      ? `Another create of this client, which adopts no ${noun} or has an unknown outcome, may have made a ${noun} too.`
      : `${count(items.length, `new ${noun}`)} appeared for ${count(claims.length, "create")} without an answer.`
  }
  const fewest = Math.min(...claims.map(({ intent }) => unreadableBefore(intent)))
  if (listings.some(({ unreadable }) => unreadable > fewest)) return "The list has items without an id."
  const held = match(group)
  if (held === undefined || [...held].some(([{ intent }, item]) => !isCertainlyOf(intent, item))) {
    return `The creation times do not prove that the new ${noun}s belong to these creates.`
  }
  if (hasRivals && isContested(group, held)) {
    return `A new ${noun} may belong to another create of this client with an unknown outcome.`
  }
  return items.some((item) => isForeign(item, creators)) ? `A new ${noun} was created by another user.` : held
}

/** Finds the item with the mark of each create. The server may have handled a request twice: then none is certain. */
const byMark = <Item extends Entry>(
  mark: NonNullable<Kind<Item>["mark"]>,
  evidence: Evidence<Item>,
  nothing: string,
  { resembles = () => false, words: { nouns } }: Kind<Item>
): ReadonlyArray<Assignment<Item>> => {
  const items = lastStates(evidence)
  /** Whether an item lost the mark of a create, as far as an item without a mark can show it. */
  const mayBeOf = (intent: CreateIntent) => {
    const fits = matcher(intent)
    // the records of one kind have its targets
    return (item: Item) => Option.isNone(mark(item)) && fits(item) && resembles(item, intent.target as never)
  }
  return evidence.intents.map((intent) => {
    const isOwn = (item: Item) => Option.exists(mark(item), (own) => Option.exists(intent.mark, (it) => it === own))
    const [first, ...others] = items.filter(isOwn)
    if (first === undefined) return Either.left({ why: nothing, candidates: items.filter(mayBeOf(intent)) })
    if (others.length === 0) return Either.right(first)
    return Either.left({ why: `Several ${nouns} carry the mark of this create.`, candidates: [first, ...others] })
  })
}

/** The assignment of each searching create, in order. `failure` is the reason why the search is incomplete. */
export const assign = <Item extends Entry>(
  evidence: Evidence<Item>,
  kind: Kind<Item>,
  failure?: string
): ReadonlyArray<Assignment<Item>> => {
  const { mark, words } = kind
  const why = failure ?? (evidence.listings.length === 0 ? `No list of the ${words.nouns} succeeded.` : undefined)
  if (mark !== undefined) {
    return byMark(mark, evidence, why ?? `No listed ${words.noun} carries the mark of this create.`, kind)
  }
  const items = lastStates(evidence).filter(({ id }) => !evidence.known.has(id))
  if (why !== undefined) {
    return evidence.intents.map((intent) => Either.left({ why, candidates: items.filter(matcher(intent)) }))
  }
  const searching = evidence.intents.map(claimOf(false))
  const claims = [...searching, ...evidence.rivals.map(claimOf(true))]
  const decisions = new Map<Claim, ReadonlyMap<Claim, Item> | string>()
  return searching.map((claim) => {
    if (!decisions.has(claim)) {
      const group = groupOf(claim, claims, items)
      const decision = decide(group, evidence, words)
      for (const member of group.claims) decisions.set(member, decision)
    }
    const decision = decisions.get(claim)
    const item = typeof decision === "object" ? decision.get(claim) : undefined
    if (item !== undefined) return Either.right(item)
    return Either.left({ why: String(decision), candidates: items.filter(claim.fits) })
  })
}
