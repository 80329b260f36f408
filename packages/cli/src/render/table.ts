/**
 * Tables and lists of fields. A table that is wider than the terminal first has its long columns truncated, then its
 * minor columns dropped, and finally shows its rows as fields. Ids are never truncated.
 */
import * as Option from "effect/Option"
import { cut, padEnd, plain, widthOf, wrap } from "./plain.js"
import { type Colour, paint, type Style } from "./style.js"

export type Value = string | Option.Option<string>

export interface Painted {
  readonly value: Value
  readonly colour: Colour
}

export type Cell = Value | Painted

export interface Column<A> {
  readonly head: string
  readonly of: (item: A) => Cell
  /** Whether its texts may be truncated. Ids may not, since users copy them. */
  readonly cuts?: boolean
  /** Whether the column may be dropped if not all fit, the last one first. */
  readonly minor?: boolean
}

interface Shown {
  readonly text: string
  readonly colour: Colour | undefined
}

const isPainted = (cell: Cell): cell is Painted => typeof cell === "object" && "colour" in cell

const shown = (cell: Cell): Shown => {
  const { colour, value } = isPainted(cell) ? cell : { colour: undefined, value: cell }
  const text = plain(typeof value === "string" ? value : Option.getOrElse(value, () => ""))
  return { text: text === "" ? "-" : text, colour }
}

const gap = 2
/** The minimum width of a truncated column. */
const least = 10

type Heading = Omit<Column<never>, "of">

/** The widths of the columns; undefined if they cannot fit. */
const widthsOf = (
  columns: ReadonlyArray<Heading>,
  rows: ReadonlyArray<ReadonlyArray<Shown>>,
  width: number
): ReadonlyArray<number> | undefined => {
  const widths = columns.map(({ head }, at) =>
    Math.max(widthOf(head), ...rows.map((row) => widthOf(row[at]?.text ?? "")))
  )
  const floors = columns.map(({ cuts, head }, at) =>
    cuts ? Math.min(widths[at] ?? 0, Math.max(least, widthOf(head))) : (widths[at] ?? 0)
  )
  let over = widths.reduce((sum, one) => sum + one, gap * (columns.length - 1)) - width
  while (over > 0) {
    // shrink the widest column first
    let widest = -1
    widths.forEach((one, at) => {
      if (one > (floors[at] ?? 0) && one > (widths[widest] ?? 0)) widest = at
    })
    if (widest === -1) return undefined
    widths[widest] = (widths[widest] ?? 0) - 1
    over--
  }
  return widths
}

export type Fields = ReadonlyArray<readonly [name: string, cell: Cell]>

/** One field per line, wrapped if needed, without empty fields. */
export const fields = (entries: Fields, style: Style): string => {
  const present = entries.filter(([, cell]) => {
    const value = isPainted(cell) ? cell.value : cell
    return typeof value === "string" || Option.isSome(value)
  })
  const left = Math.max(0, ...present.map(([name]) => widthOf(name))) + gap
  return present
    .flatMap(([name, cell]) => {
      const { colour, text } = shown(cell)
      return wrap(text, Math.max(1, style.width - left)).map(
        (line, at) => paint(style, "dim", padEnd(at === 0 ? name : "", left)) + paint(style, colour, line)
      )
    })
    .join("\n")
}

const line = (row: ReadonlyArray<Shown>, widths: ReadonlyArray<number>, style: Style) =>
  row
    .map(({ colour, text }, at) => {
      const width = widths[at] ?? 0
      const fitting = cut(text, width)
      const isLast = at === row.length - 1
      return paint(style, colour, fitting) + (isLast ? "" : padEnd("", width - widthOf(fitting) + gap))
    })
    .join("")

/** Selects the columns that fit, and gives the width of each; undefined if they do not fit even without the minor ones. */
const fit = (columns: ReadonlyArray<Heading>, cells: ReadonlyArray<ReadonlyArray<Shown>>, width: number) => {
  const minor = columns.flatMap(({ minor }, at) => (minor ? [at] : []))
  for (let kept = minor.length; kept >= 0; kept--) {
    const these = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> => all.filter((_, at) => minor.indexOf(at) < kept)
    const widths = widthsOf(these(columns), cells.map(these), width)
    if (widths !== undefined) return { these, widths }
  }
  return undefined
}

/** A table with two spaces between its columns. */
export const table = <A>(columns: ReadonlyArray<Column<A>>, items: ReadonlyArray<A>, style: Style): string => {
  const rows = items.map((item) => columns.map(({ of }) => of(item)))
  const cells = rows.map((row) => row.map(shown))
  const fitting = fit(columns, cells, style.width)
  if (fitting !== undefined) {
    const { these, widths } = fitting
    const heads = these(columns).map(({ head }): Shown => ({ text: head, colour: "bold" }))
    return [heads, ...cells.map(these)].map((row) => line(row, widths, style)).join("\n")
  }
  return rows
    .map((row) =>
      fields(
        columns.map(({ head }, at) => [head, row[at] ?? ""]),
        style
      )
    )
    .join("\n\n")
}

/** A table, or a line for an empty list. */
export const list = <A>(
  things: string,
  columns: ReadonlyArray<Column<A>>,
  items: ReadonlyArray<A>,
  style: Style
): string => (items.length === 0 ? `No ${things}.` : table(columns, items, style))

/** Joins parts with empty lines. */
export const sections = (...parts: ReadonlyArray<string>): string => parts.filter((part) => part !== "").join("\n\n")
