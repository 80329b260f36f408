/** Reads one of the properties that a model keeps as JSON. */
import * as Option from "effect/Option"
import * as wire from "./wire.js"

export const property = <A>(
  { properties }: { readonly properties: Option.Option<unknown> },
  name: string,
  read: wire.Reader<A>
): Option.Option<A> =>
  Option.flatMap(properties, (all) => {
    const value: unknown = Object(all)[name]
    return wire.isAbsent(value) ? Option.none() : read(value, name, [])
  })
