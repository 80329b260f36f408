/** The subjects of errors, in messages and as keys. */
import { capitalize } from "effect/String"
import type { Scrub } from "./redact.js"
import type { Tagged } from "./tagged.js"

/** Removes secrets from the ids: a server-made id might contain one. */
export const scrubbed = <S extends Tagged>(subject: S, { id }: Scrub): S =>
  // Scrubbing keeps the keys, and a brand has no rule beyond a non-empty text.
  Object.fromEntries(Object.entries(subject).map(([key, value]) => [key, key === "_tag" ? value : id(value)])) as S

/** The words of a name: `OrderItem` is an order item, `Aoi` an AOI. */
const wordsOf = (name: string) =>
  name
    .replace(/(?!^)[A-Z]/g, " $&")
    .toLowerCase()
    .replace(/\baoi\b/, "AOI")

/** The word for the subject, such as `job`. */
export const kindOf = ({ _tag }: Tagged): string => wordsOf(_tag)

/** The kind of a subject and its own id, which is the last. */
export const nameOf = (subject: Tagged): string => {
  const { _tag, ...ids } = subject
  return [wordsOf(_tag), ...Object.values(ids).slice(-1)].join(" ")
}

/** All ids of a subject with their kinds, such as `workflow wf-1` and `job job-1`. */
export const idsOf = (subject: Tagged): ReadonlyArray<string> => {
  const { _tag, ...ids } = subject
  return Object.entries(ids).map(([name, id]) => `${wordsOf(name.replace(/Id$/, ""))} ${id}`)
}

/** The subject as a key of a map. */
export const keyOf = (subject: Tagged): string => Object.values(subject).join("/")

/** The name of a subject at the start of a sentence. */
export const atStart = (subject: Tagged): string => capitalize(nameOf(subject))
