/** A JSON object; an `undefined` field is left out. */
export type Fields = Record<string, unknown>

export const withoutUndefined = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** Copies some fields of a value. */
export const pick = <A, Key extends keyof A>(from: A, ...keys: ReadonlyArray<Key>): Pick<A, Key> =>
  Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<A, Key> // one of each
