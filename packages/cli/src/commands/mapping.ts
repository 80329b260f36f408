/** Answers of things that have an area: as GeoJSON, or with a map above the text. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Output } from "../Output.js"
import type { Outline } from "../render/map.js"
import { plain } from "../render/plain.js"
import { type Colour, paint, type Style } from "../render/style.js"
import { type Column, list, sections } from "../render/table.js"
import type { Answer } from "./answer.js"
import { listed, type Model, shown } from "./calling.js"
import { oneOf } from "./options.js"

// --- GeoJSON ---

/** Replaces the forms of an answer by a document, which is on one line with `--jsonl`. */
const instead = (of: () => unknown): Answer => ({ json: of, text: () => JSON.stringify(of(), null, 2) })

/** The answer of several features; with `--jsonl`, a line for each. */
const collection = (features: () => ReadonlyArray<unknown>): Answer => ({
  ...instead(() => ({ type: "FeatureCollection", features: features() })),
  lines: features
})

// --- views ---

/** The ways to show areas. */
export const view = oneOf(
  ["geojson", "GeoJSON on stdout: one feature, a FeatureCollection, or with --jsonl one feature per line."],
  ["map", "Draw the outlines above the text, numbered like its rows. No effect on --json and --jsonl."]
)

/** The size of a map without a terminal. */
const usual = { width: 80, height: 22 }
/** The least height of a map, for terminals of a few lines. */
const lowest = 10
/** The most outlines without a number that are named. */
const mostNamed = 10

const colours: ReadonlyArray<Colour> = ["cyan", "green", "yellow", "magenta", "blue", "red"]

/** An area that is no item of a list. */
interface Area {
  readonly name: string
  readonly geometry: unknown
}

/** Puts a map above a text, so that both fit the terminal. A legend explains the outlines that have a name. */
const withMap = (outlines: ReadonlyArray<Outline & { readonly name?: string }>, text: Answer["text"]) =>
  Effect.gen(function* () {
    const { map } = yield* Effect.promise(() => import("../render/map.js"))
    const { results } = yield* Output
    /** A long text leaves half of the terminal to the map. */
    const heightBeside = (lines: number) => {
      if (!results.isTerminal) return usual.height
      const height = results.height()
      return Math.max(lowest, Math.ceil(height / 2), height - lines - 4)
    }
    return (style: Style) => {
      const below = text(style)
      const wide = Number.isFinite(style.width) ? style : { ...style, width: usual.width }
      const { lines, unplaced } = map(outlines, wide, heightBeside(below.split("\n").length))
      const legend = outlines.flatMap(({ colour, label, name }) =>
        name === undefined || lines.length === 0 ? [] : [`${paint(style, colour, label)}  ${plain(name)}`]
      )
      const numbers = unplaced.length > mostNamed ? `${unplaced.length} of the numbers` : unplaced.join(", ")
      const missing = numbers === "" ? [] : [`No room on the map for ${numbers}.`]
      return sections([...lines, ...legend, ...missing].join("\n"), below)
    }
  })

/** Things that have an area, as lists show them. */
interface Kind<A extends Model> {
  readonly things: string
  readonly columns: ReadonlyArray<Column<A>>
  readonly geometryOf: (item: A) => Option.Option<unknown>
  /** Makes the feature of a thing. Default: its encoded form, whose other fields are the properties. */
  readonly feature?: (item: A) => unknown
}

/** The text of a list with a map, of which the first column has the numbers. */
const numbered = <A extends Model>(
  { columns, geometryOf, things }: Kind<A>,
  items: ReadonlyArray<A>,
  area: Area | undefined
) => {
  const rows = items.map((item, at) => {
    const geometry = geometryOf(item)
    const label = Option.isSome(geometry) ? String(at + 1) : ""
    return { item, label, colour: colours[at % colours.length], geometry: Option.getOrUndefined(geometry) }
  })
  type Row = (typeof rows)[number]
  const all: ReadonlyArray<Column<Row>> = [
    { head: "MAP", of: ({ colour, label }) => (colour === undefined ? label : { value: label, colour }) },
    ...columns.map((column) => ({ ...column, of: ({ item }: Row) => column.of(item) }))
  ]
  const outlines = [...(area === undefined ? [] : [{ ...area, label: "A", colour: "bold" } as const]), ...rows]
  return withMap(outlines, (style) => list(things, all, rows, style))
}

const featureOf = <A extends Model>({ feature }: Kind<A>) =>
  feature ??
  ((item: A) => {
    const encoded: Readonly<Record<string, unknown>> = Object(item.toJSON())
    const { geometry = null, id, ...properties } = encoded
    return { type: "Feature", id, geometry, properties }
  })

/** Lists things in the chosen view, on a map beside the area that they were searched in. */
export const viewed =
  <A extends Model>(view: "geojson" | "map" | undefined, kind: Kind<A>, area?: Area) =>
  (found: Iterable<A>): Effect.Effect<Answer, never, Output> => {
    const { columns, things } = kind
    const items = [...found]
    if (view === "geojson") return Effect.succeed(collection(() => items.map(featureOf(kind))))
    const answer = listed(things, columns)(items)
    return view === "map"
      ? Effect.map(numbered(kind, items, area), (text) => ({ ...answer, text }))
      : Effect.succeed(answer)
  }

/** Lists the things of a stream in the chosen view. */
export const viewing =
  <A extends Model>(view: "geojson" | "map" | undefined, kind: Kind<A>) =>
  <E, R>(stream: Stream.Stream<A, E, R>) =>
    Effect.flatMap(Stream.runCollect(stream), viewed(view, kind))

/** Shows one thing in the chosen view. */
export const viewedAlone =
  <A extends Model>(view: "geojson" | "map" | undefined, kind: Kind<A>, text: (thing: A, style: Style) => string) =>
  (thing: A): Effect.Effect<Answer, never, Output> => {
    if (view === "geojson") return Effect.succeed(instead(() => featureOf(kind)(thing)))
    const answer = shown(text)(thing)
    if (view === undefined) return Effect.succeed(answer)
    const outline = { geometry: Option.getOrUndefined(kind.geometryOf(thing)), label: "" }
    return Effect.map(withMap([outline], answer.text), (text) => ({ ...answer, text }))
  }
