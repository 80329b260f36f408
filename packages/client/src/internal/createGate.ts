/**
 * Admits the creates of one list, and decides when to search for those without an answer: a pure step.
 *
 * The creates between two moments without any in flight form a session. After a lost answer no further create may join
 * until the search has ended, or a steady stream of creates would never let a search begin: those creates wait, and
 * form the next session. If items carry marks (`exact`), creates do not disturb each other: all are admitted, and a
 * search begins as soon as no other is in progress.
 */

export interface Gate<Member, Create> {
  /** The number of admitted creates without an outcome or a loss. */
  readonly inFlight: number
  readonly waiting: ReadonlyArray<Member>
  /** The creates without an answer that are not yet searched for. */
  readonly lost: ReadonlyArray<Create>
  readonly isSearching: boolean
}

export const empty: Gate<never, never> = { inFlight: 0, waiting: [], lost: [], isSearching: false }

export type Event<Member, Create> =
  | { readonly _tag: "Join"; readonly member: Member }
  /** A member gave up while it waited, or just after it was admitted. */
  | { readonly _tag: "Leave"; readonly member: Member }
  /** A create has an outcome, or is given up. */
  | { readonly _tag: "End" }
  | { readonly _tag: "Lose"; readonly create: Create }
  | { readonly _tag: "Found" }

export type Command<Member, Create> =
  | { readonly _tag: "Admit"; readonly member: Member }
  | { readonly _tag: "Search"; readonly creates: ReadonlyArray<Create> }
  /** The last create in flight has ended: none needs the list before it any more. */
  | { readonly _tag: "Rest" }

const apply = <Member, Create>(gate: Gate<Member, Create>, event: Event<Member, Create>): Gate<Member, Create> => {
  switch (event._tag) {
    case "Join":
      return { ...gate, waiting: [...gate.waiting, event.member] }
    case "Leave":
      return gate.waiting.includes(event.member)
        ? { ...gate, waiting: gate.waiting.filter((member) => member !== event.member) }
        : { ...gate, inFlight: gate.inFlight - 1 }
    case "End":
      return { ...gate, inFlight: gate.inFlight - 1 }
    case "Lose":
      return { ...gate, inFlight: gate.inFlight - 1, lost: [...gate.lost, event.create] }
    case "Found":
      return { ...gate, isSearching: false }
  }
}

export const step = <Member, Create>(
  before: Gate<Member, Create>,
  event: Event<Member, Create>,
  isExact: boolean
): readonly [Gate<Member, Create>, ReadonlyArray<Command<Member, Create>>] => {
  const commands: Array<Command<Member, Create>> = []
  let gate = apply(before, event)
  if (gate.inFlight === 0 && before.inFlight > 0) commands.push({ _tag: "Rest" })
  if (gate.lost.length > 0 && !gate.isSearching && (isExact || gate.inFlight === 0)) {
    commands.push({ _tag: "Search", creates: gate.lost })
    gate = { ...gate, lost: [], isSearching: true }
  }
  if (isExact || (gate.lost.length === 0 && !gate.isSearching)) {
    for (const member of gate.waiting) commands.push({ _tag: "Admit", member })
    gate = { ...gate, inFlight: gate.inFlight + gate.waiting.length, waiting: [] }
  }
  return [gate, commands]
}

/** Whether the gate has nothing to remember. */
export const isIdle = ({ inFlight, isSearching, lost, waiting }: Gate<unknown, unknown>): boolean =>
  inFlight + lost.length + waiting.length === 0 && !isSearching
