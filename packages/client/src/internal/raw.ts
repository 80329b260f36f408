/** Keeps the JSON behind each model, in a WeakMap, so that models remain plain values for encoding and comparison. */
import * as Option from "effect/Option"

const sources = new WeakMap<object, unknown>()

export const keep = <A extends object>(model: A, json: unknown): A => {
  sources.set(model, json)
  return model
}

export const of = (model: object): Option.Option<unknown> =>
  sources.has(model) ? Option.some(sources.get(model)) : Option.none()
