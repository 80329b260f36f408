/** The things that commands create, wait for, show and download: a row for each. */
import * as Str from "effect/String"
import type { Origin } from "../Invocation.js"

interface Row {
  readonly word: string
  /** The plural, as it is listed. */
  readonly all: string
  /** Whether a create costs money. Default: no. */
  readonly isBilled?: boolean
  /** Whether a stopped create first awaits its outcome. Default: no. */
  readonly isAwaited?: boolean
  /** The commands that create one. */
  readonly creates: ReadonlyArray<string>
  readonly list: string
  readonly see: string
  /** Undefined if no command waits for one by its id. */
  readonly wait?: string
  /** Undefined if no other command downloads what a create with `--out` leaves. */
  readonly download?: string
}

const job: Row = {
  word: "job",
  all: "jobs",
  isBilled: true,
  isAwaited: true,
  creates: ["jobs create", "jobs run"],
  list: "jobs list",
  see: "jobs get",
  wait: "jobs wait",
  download: "jobs download"
}

const insight: Row = {
  word: "insight",
  all: "insights",
  isBilled: true,
  isAwaited: true,
  // a server may ignore the flag of an estimate
  creates: ["insights create", "insights estimate", "insights run"],
  list: "insights list",
  see: "insights get",
  wait: "insights wait",
  download: "insights download"
}

const aoi: Row = {
  word: "AOI",
  all: "AOIs of this name",
  creates: ["aois create", "fetch"],
  list: "aois list",
  see: "aois get",
  wait: "aois wait"
}

const entry: Row = {
  word: "entry",
  all: "entries",
  creates: [],
  list: "catalog search",
  see: "catalog search"
}

/** By the tags of the client's subjects and targets. */
const rows = {
  Job: job,
  Task: job,
  Aoi: aoi,
  Assets: { ...aoi, see: "assets list" },
  Visualization: {
    word: "visualization",
    all: "visualizations of this index",
    creates: ["visualizations create"],
    list: "visualizations list",
    see: "visualizations list",
    wait: "visualizations wait"
  },
  Insight: insight,
  InsightSelection: insight,
  Order: {
    word: "order",
    all: "items of orders",
    isBilled: true,
    isAwaited: true,
    // a server may ignore the flag of a quote
    creates: ["orders quote", "orders submit"],
    list: "orders items",
    see: "orders get"
  },
  OrderItem: {
    word: "item",
    all: "items of orders",
    isBilled: true,
    creates: [],
    list: "orders items",
    see: "orders item",
    wait: "orders wait"
  },
  Delivery: {
    word: "delivery",
    all: "deliveries",
    isAwaited: true,
    creates: ["catalog deliver"],
    list: "catalog deliveries",
    see: "catalog deliveries"
  },
  CatalogEntries: entry,
  OrderItems: entry
} as const satisfies Readonly<Record<string, Row>>

/** A thing by its ids, its own last. Without its own, it is not created yet. */
export type Thing = Readonly<Record<`${string}Id`, string>> & { readonly _tag: keyof typeof rows }

/** The row of a subject or a target. */
export const rowOf = ({ _tag }: { readonly _tag: string }): Row =>
  // a test holds that each subject and target of the client has one
  rows[_tag as keyof typeof rows]

const ownId = (tag: string): `${string}Id` => `${Str.uncapitalize(tag)}Id`

/** Its own id, if it is created. */
export const idOf = (it: Thing): string | undefined => it[ownId(it._tag)]

/** A created thing, without the project to bill, which is no part of its name. */
export const withId = ({ projectId, ...it }: Thing, id: string): Thing => ({ ...it, [ownId(it._tag)]: id })

/** The noun with its article. */
export const one = ({ word }: Row): string => `${/^[aeiou]/i.test(word) ? "an" : "a"} ${word}`

/** The row of the thing that a command creates. */
export const createdBy = ({ command }: Pick<Origin, "command">): Row | undefined =>
  Object.values<Row>(rows).find(({ creates }) => creates.includes(command))

/** Whether a command may create what costs money. */
export const isPaid = (origin: Origin): boolean => createdBy(origin)?.isBilled === true
