/**
 * Keeps the JSON behind each model in a private field of the model, so that models remain plain values for encoding,
 * comparison and printing. The collector pays for an entry of a `WeakMap`, and not for a field.
 */
import * as Option from "effect/Option"

/** A base class that returns its argument, to which the derived class then adds its private fields. */
class Given {
  constructor(model: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the derived class extends the returned object
    return model
  }
}

class Source extends Given {
  #json: unknown

  constructor(model: object, json: unknown) {
    super(model)
    this.#json = json
  }

  static keep<A extends object>(model: A, json: unknown): A {
    if (#json in model) model.#json = json
    else new Source(model, json)
    return model
  }

  static of(model: object): Option.Option<unknown> {
    return #json in model ? Option.some(model.#json) : Option.none()
  }
}

export const { keep, of } = Source

/** Gives a model the JSON of another, if any. */
export const share = <A extends object>(from: object, model: A): A =>
  Option.match(of(from), { onNone: () => model, onSome: (json) => keep(model, json) })
