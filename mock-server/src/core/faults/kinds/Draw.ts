/** Values that property tests draw, as data: the stand-alone server has the kinds of faults, and no fast-check. */

export type Draw =
  /** A duration, the shortest one first. */
  | "time"
  /** One of these, the simplest first. */
  | { readonly values: ReadonlyArray<unknown> }
  /** A whole number, the one nearest to 0 first. */
  | { readonly whole: readonly [least: number, most: number] }
  /** An object. Fields that it does not need come last. */
  | { readonly fields: Readonly<Record<string, Draw>>; readonly needs: ReadonlyArray<string> }
  /** One of these, with its weight, the simplest first. */
  | { readonly any: ReadonlyArray<readonly [weight: number, draw: Draw]> }
