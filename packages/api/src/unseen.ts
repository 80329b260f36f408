/** Finds the official properties that no answer of the mock server has. */
import { type Form, formNamed, operations } from "./official.js"

/** The official properties of a form, as `tasks[].id`, with those of all forms that it names. */
const propertiesOf = (form: Form, at: string): ReadonlyArray<string> => {
  if (typeof form === "string") {
    const named = formNamed(form)
    return named === undefined ? [at] : propertiesOf(named, at)
  }
  if (Array.isArray(form)) return propertiesOf(form[0], `${at}[]`)
  return [
    ...(at === "" ? [] : [at]),
    ...Object.entries(form).flatMap(([name, inner]) =>
      // a map has no properties of its own
      name === "*" ? [] : propertiesOf(inner, `${at === "" ? "" : `${at}.`}${name.replace(/!$/, "")}`)
    )
  ]
}

/** The properties of an answer that have a value, in the same form. */
const valuesOf = (value: unknown, at: string, out: Set<string>): void => {
  if (value === null || value === undefined) return
  if (at !== "") out.add(at)
  if (Array.isArray(value)) {
    for (const item of value) valuesOf(item, `${at}[]`, out)
  } else if (typeof value === "object") {
    for (const [name, inner] of Object.entries(value)) valuesOf(inner, at === "" ? name : `${at}.${name}`, out)
  }
}

/** The official properties without a value in any of the answers, by operation. */
export const unseen = (
  answers: ReadonlyMap<string, ReadonlyArray<unknown>>
): Readonly<Record<string, ReadonlyArray<string>>> =>
  Object.fromEntries(
    operations.flatMap(({ id, success }) => {
      const given = answers.get(id)
      if (given === undefined) return []
      const seen = new Set<string>()
      for (const answer of given) valuesOf(answer, "", seen)
      const missing = Object.values(success)
        .flatMap((form) => (form == null ? [] : propertiesOf(form, "")))
        .filter((property) => property !== "" && !seen.has(property))
      return missing.length === 0 ? [] : [[id, missing]]
    })
  )
