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

/** Returns the simplest values, the simplest first; `shortest` is the shortest duration. */
export const simplest = (draw: Draw, shortest: string): ReadonlyArray<unknown> => {
  if (draw === "time") return [shortest]
  if ("values" in draw) return draw.values
  if ("whole" in draw) return [Math.min(Math.max(0, draw.whole[0]), draw.whole[1])]
  if ("any" in draw) return draw.any.flatMap(([, draw]) => simplest(draw, shortest))
  return draw.needs.reduce<ReadonlyArray<object>>(
    (objects, name) =>
      objects.flatMap((object) =>
        simplest(draw.fields[name] ?? { values: [] }, shortest).map((value) => ({ ...object, [name]: value }))
      ),
    [{}]
  )
}
