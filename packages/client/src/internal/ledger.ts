/** Derives the state of a batch from its events. The last event of each input counts. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import type { CreateIntent } from "../CreateIntent.js"

/** An input of a batch, which its key identifies on resume. */
export interface Keyed {
  readonly key: string
}

/** The facts of an event. */
export type Seen<Input extends Keyed, Id> =
  | { readonly _tag: "Intended"; readonly input: Input; readonly intent: CreateIntent }
  | { readonly _tag: "Created" | "Succeeded"; readonly input: Input; readonly id: Id }
  | {
      readonly _tag: "Failed"
      readonly input: Input
      readonly id: Option.Option<Id>
      readonly error:
        | { readonly _tag: string }
        | { readonly _tag: "CreateOutcomeUnknown"; readonly intent: CreateIntent }
    }

/** A create that was about to be sent and has no recorded outcome. */
export interface Open<Input extends Keyed> {
  readonly input: Input
  readonly intent: CreateIntent
}

export interface State<Input extends Keyed, Id> {
  readonly open: ReadonlyArray<Open<Input>>
  /** Creates whose outcome was reported as unknown. */
  readonly unknown: ReadonlyArray<CreateIntent>
  /** The item of each unfinished run, by key. */
  readonly items: ReadonlyMap<string, Id>
  /** The latest possible creation time of each item, by key and by the server's clock, if its record has one. */
  readonly createdAt: ReadonlyMap<string, DateTime.Utc>
  /** The keys whose run has ended, successfully or not. */
  readonly ended: ReadonlySet<string>
  /** Every id in the events. */
  readonly known: ReadonlySet<Id>
}

export const stateOf = <Input extends Keyed, Id>(
  events: Iterable<Seen<Input, Id>>,
  idIn: (input: Input) => Id | undefined
): State<Input, Id> => {
  let open: ReadonlyArray<Open<Input>> = []
  const intents = new Set<string>()
  const unknown = new Map<string, CreateIntent>()
  const items = new Map<string, Id>()
  const createdAt = new Map<string, DateTime.Utc>()
  const ended = new Set<string>()
  const known = new Set<Id>()

  /** Closes the create of a key: its outcome is known, or was reported as unknown. */
  const close = (key: string) => {
    open = open.filter(({ input }) => input.key !== key)
    unknown.delete(key)
  }

  for (const event of events) {
    const { key } = event.input
    const own = idIn(event.input)
    if (own !== undefined) known.add(own)
    switch (event._tag) {
      case "Intended":
        if (intents.has(event.intent.id)) break
        intents.add(event.intent.id)
        open = [...open, { input: event.input, intent: event.intent }]
        Option.map(event.intent.sentAt, (at) => createdAt.set(key, DateTime.addDuration(at, event.intent.timeout)))
        ended.delete(key)
        items.delete(key)
        break
      case "Created":
        close(key)
        items.set(key, event.id)
        ended.delete(key)
        known.add(event.id)
        break
      case "Succeeded":
        close(key)
        ended.add(key)
        known.add(event.id)
        break
      case "Failed":
        close(key)
        ended.add(key)
        if (event.id._tag === "Some") known.add(event.id.value)
        if ("intent" in event.error) unknown.set(key, event.error.intent)
    }
  }
  return { open, unknown: [...unknown.values()], items, createdAt, ended, known }
}
