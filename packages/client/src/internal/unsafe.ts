/** Values that a schema need not check again. Effect 4 spells each of these differently. */

/** The schema of an id. */
export interface Brand<Id extends string> {
  readonly make: (text: never, options: true) => Id
}

/** Brands a text that is known not to be empty. */
export const brandUnchecked = <Id extends string>(brand: Brand<Id>, text: string): Id => {
  // The parameter is the text without its brand.
  return brand.make(text as never, true)
}

/**
 * Instances of a Schema class without its constructor, which copies, completes and validates all fields. The caller
 * sets every field. V8 gives the instances of a constructor space for their fields, unlike those of `Object.create`.
 */
export const blank = (Model: { readonly prototype: object }) => {
  function Instance() {}
  Instance.prototype = Model.prototype
  // The compiler knows no construct signature of a function.
  return Instance as unknown as new () => Record<string, unknown>
}

/** Makes an instance of a Schema class without validation. */
export const construct = <P, A>(Model: new (props: P, options: true) => A, props: P): A => new Model(props, true)
