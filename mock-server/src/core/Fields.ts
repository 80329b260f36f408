/** A JSON object; an `undefined` field is left out. */
export type Fields = Record<string, unknown>

export const withoutUndefined = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
