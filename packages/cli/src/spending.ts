/**
 * Sums of tokens spent: by project, by month and by kind. Pure. An amount that is not known is counted, and never taken
 * for 0.
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

export const kinds = ["orders", "jobs", "insights"] as const

/** The kind of an expense: an item of an order, a job or an insight. */
export type Kind = (typeof kinds)[number]

/** An expense. */
export interface Expense {
  readonly kind: Kind
  /** Its id, unique among those of its kind. */
  readonly id: string
  /** The project, if it is known. */
  readonly project: Option.Option<string>
  /** The time of the creation, if it is known. */
  readonly at: Option.Option<DateTime.Utc>
  /** The tokens, if they are known. */
  readonly tokens: Option.Option<number>
}

export type Sum = ReturnType<typeof sumOf>

export const sumOf = (expenses: ReadonlyArray<Expense>) => {
  const known = expenses.flatMap(({ tokens }) => Option.toArray(tokens))
  return {
    /** The sum of the known amounts. */
    tokens: known.reduce((sum, tokens) => sum + tokens, 0),
    /** The number of expenses. */
    entries: expenses.length,
    /** The number of expenses whose amount is not known. */
    unknown: expenses.length - known.length
  }
}

/** A key of the rows of a table. */
export type By = "project" | "month" | "type"

/** The expenses of one project, month or kind, or of one combination of them. */
export interface Row {
  readonly project?: string
  readonly month?: string
  readonly type?: Kind
  readonly sums: Readonly<Record<Kind, Sum>>
  readonly total: Sum
}

export const unknown = "unknown"

const keyOf: Readonly<Record<By, (expense: Expense) => string>> = {
  project: ({ project }) => Option.getOrElse(project, () => unknown),
  month: ({ at }) =>
    Option.match(at, { onNone: () => unknown, onSome: (it) => DateTime.formatIsoDateUtc(it).slice(0, 7) }),
  type: ({ kind }) => kind
}

/** Leaves out repeated expenses. */
export const unique = (expenses: ReadonlyArray<Expense>): ReadonlyArray<Expense> => [
  ...new Map(expenses.map((it) => [`${it.kind} ${it.id}`, it])).values()
]

/** The total of some expenses, which has no key. */
export const totalOf = (expenses: ReadonlyArray<Expense>): Row => {
  const of = (kind: Kind) => sumOf(expenses.filter((it) => it.kind === kind))
  return { sums: { orders: of("orders"), jobs: of("jobs"), insights: of("insights") }, total: sumOf(expenses) }
}

/** The rows of a table, in the order of their keys. */
export const rowsBy = (expenses: ReadonlyArray<Expense>, by: ReadonlyArray<By>): ReadonlyArray<Row> => {
  const groups = new Map<string, { readonly keys: ReadonlyArray<string>; readonly own: Array<Expense> }>()
  for (const expense of expenses) {
    const keys = by.map((it) => keyOf[it](expense))
    const name = JSON.stringify(keys)
    const group = groups.get(name) ?? { keys, own: [] }
    group.own.push(expense)
    groups.set(name, group)
  }
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { keys, own }]) => ({ ...Object.fromEntries(by.map((it, at) => [it, keys[at]])), ...totalOf(own) }))
}

/** A range of time: from its beginning, until before its end. */
export interface Range {
  readonly from: Option.Option<DateTime.DateTime>
  readonly to: Option.Option<DateTime.DateTime>
}

/** The expenses of a range, and the number of those without a time, of which nothing tells whether they belong to it. */
export const within = (expenses: ReadonlyArray<Expense>, { from, to }: Range) => {
  if (Option.isNone(from) && Option.isNone(to)) return { inside: expenses, undated: 0 }
  const isInside = (at: DateTime.Utc) =>
    Option.match(from, { onNone: () => true, onSome: (it) => DateTime.greaterThanOrEqualTo(at, it) }) &&
    Option.match(to, { onNone: () => true, onSome: (it) => DateTime.lessThan(at, it) })
  return {
    inside: expenses.filter(({ at }) => Option.exists(at, isInside)),
    undated: expenses.filter(({ at }) => Option.isNone(at)).length
  }
}
