/** Things with an area as GeoJSON: a feature each, and a collection of several. */
import type { Answer } from "./commands/answer.js"

type Encoded = Readonly<Record<string, unknown>>

/** The feature of an encoded thing: its other fields are the properties. */
export const feature = (thing: Encoded) => {
  const { geometry = null, id, ...properties } = thing
  return { type: "Feature", id, geometry, properties }
}

/** Replaces the forms of an answer by a document, which is on one line with `--jsonl`. */
export const instead = (of: () => unknown): Answer => ({ json: of, text: () => JSON.stringify(of(), null, 2) })

/** The answer of several features; with `--jsonl`, a line for each. */
export const collection = (features: () => ReadonlyArray<unknown>): Answer => ({
  ...instead(() => ({ type: "FeatureCollection", features: features() })),
  lines: features
})
