/**
 * Where the JSON behind each model is kept. A WeakMap, so that models stay plain values that encode and compare as
 * what they are.
 */
import * as Option from "effect/Option"

const sources = new WeakMap<object, unknown>()

export const keep = <A extends object>(model: A, json: unknown): A => {
  sources.set(model, json)
  return model
}

export const of = (model: object): Option.Option<unknown> =>
  sources.has(model) ? Option.some(sources.get(model)) : Option.none()
