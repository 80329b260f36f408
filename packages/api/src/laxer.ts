/** Finds the places where a model allows values that the official description refuses. */
import { tableOf } from "../../client/src/internal/model.js"
import { type Form, formNamed, propertyOf } from "./official.js"
import { formOf, type Use } from "./openapi.js"

/** The JSON types that an official form allows; undefined for any. A whole number is a number. */
const officialTypes = (form: Form): ReadonlyArray<string> | undefined => {
  if (typeof form !== "string") return [Array.isArray(form) ? "array" : "object"]
  if (form === "any") return undefined
  if (form === "integer") return ["number"]
  if (form.startsWith("enum:")) return ["string"]
  const named = formNamed(form)
  return named === undefined ? [form] : officialTypes(named)
}

/** The words that an official form allows; undefined for any. */
const officialWords = (form: Form): ReadonlyArray<string> | undefined => {
  const named = typeof form === "string" ? (formNamed(form) ?? form) : form
  return typeof named === "string" && named.startsWith("enum:") ? named.slice("enum:".length).split("|") : undefined
}

/** The places, as `dexter.ListJobsItem.progress`. Null for a missing value is allowed everywhere. */
export const laxer = (uses: ReadonlyMap<string, Use>): ReadonlyArray<string> =>
  [...uses.values()].flatMap(({ forms, model }) =>
    [...forms].flatMap(([name, form]) =>
      Object.values(tableOf(model)).flatMap((field) => {
        const [wire] = field.names
        const official = propertyOf(form, wire)
        const types = official === undefined ? undefined : officialTypes(official)
        if (official === undefined || types === undefined || field.model !== undefined) return []
        const ours = formOf(field)["type"]
        const allowed = ours === undefined ? undefined : [ours].flat().filter((it) => it !== "null")
        const words = officialWords(official)
        const known = new Set(field.words ?? [])
        const isLaxer =
          allowed === undefined ||
          allowed.some((it) => !types.includes(String(it))) ||
          field.union !== undefined ||
          (/^numbers/.test(field.kind) && Array.isArray(official) && official[0] !== "number") ||
          (words !== undefined && !(known.size === words.length && words.every((it) => known.has(it))))
        return isLaxer ? [`${name}.${wire}`] : []
      })
    )
  )
