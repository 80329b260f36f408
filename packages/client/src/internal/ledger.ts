/** Derives the state of a batch from its events. The last event of each input counts. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import type { CreateIntent } from "../CreateIntent.js"

/** An input of a batch, which its key identifies on resume. */
export interface Keyed {
  readonly key: string
}

/** An event of a batch. */
export type Event<Input extends Keyed> = { readonly input: Input } & (
  | { readonly _tag: "Intended"; readonly intent: CreateIntent }
  | { readonly _tag: "Created" | "Succeeded" }
  | {
      readonly _tag: "Failed"
      readonly error:
        | { readonly _tag: string }
        | { readonly _tag: "CreateOutcomeUnknown"; readonly intent: CreateIntent }
    }
)

/** `idOf` tells the item of an event, or the one that an input names. */
export const stateOf = <Input extends Keyed, Own extends Event<Input>, Id>(
  events: Iterable<Own>,
  idOf: (from: Input | Own) => Id | undefined
) => {
  /** Creates that were about to be sent and have no recorded outcome. */
  let open: ReadonlyArray<{ readonly input: Input; readonly intent: CreateIntent }> = []
  const intents = new Set<string>()
  /** Creates whose outcome was reported as unknown. */
  const unknown = new Map<string, CreateIntent>()
  /** The item of each unfinished run, by key. */
  const items = new Map<string, Id>()
  /** The latest possible creation time of each item, by key and by the server's clock, if its record has one. */
  const createdAt = new Map<string, DateTime.Utc>()
  /** The keys whose run has ended, successfully or not. */
  const ended = new Set<string>()
  /** Every id in the events. */
  const known = new Set<Id>()

  for (const event of events) {
    const { input } = event
    const { key } = input
    const id = idOf(event)
    for (const it of [idOf(input), id]) if (it !== undefined) known.add(it)
    if (event._tag === "Intended") {
      const { intent } = event
      if (intents.has(intent.id)) continue
      intents.add(intent.id)
      open = [...open, { input, intent }]
      Option.map(intent.sentAt, (at) => createdAt.set(key, DateTime.addDuration(at, intent.timeout)))
      ended.delete(key)
      items.delete(key)
      continue
    }
    // its outcome is known, or was reported as unknown
    open = open.filter((it) => it.input.key !== key)
    unknown.delete(key)
    if (event._tag === "Created" && id !== undefined) {
      items.set(key, id)
      ended.delete(key)
    } else ended.add(key)
    if (event._tag === "Failed" && "intent" in event.error) unknown.set(key, event.error.intent)
  }
  return { open, unknown: [...unknown.values()], items, createdAt, ended, known }
}

/** Removes all events of some inputs. */
export const without = <Event extends { readonly input: Keyed }>(
  events: Iterable<Event>,
  keys: Iterable<string>
): ReadonlyArray<Event> => {
  const forgotten = new Set(keys)
  return Array.from(events).filter(({ input }) => !forgotten.has(input.key))
}
