/** Objects of the wire. */

/** A JSON object; an `undefined` field is left out. */
export type Fields = Record<string, unknown>

/** Leaves out the fields without a value. */
export const withoutUndefined = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
