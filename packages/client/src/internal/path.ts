/** Fills path templates. Each id becomes exactly one segment, with any content. */

/** The names in a template: `"a" | "b"` for `/{a}/x/{b}`. */
export type Params<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Params<Rest>
  : never

const unsendable = "\uFFFD"

// URL parsers remove `.` and `..` as steps, in their percent-encoded spellings too; an empty segment names the list
// instead of an item; encodeURIComponent throws at a lone surrogate.
const segment = (id: string) => {
  const text = id === "" ? unsendable : /^\.{1,2}$/.test(id) ? id.replaceAll(".", unsendable) : id
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, unsendable))
}

export const fill = <Path extends string>(template: Path, params: Readonly<Record<Params<Path>, string>>): string => {
  const values: Readonly<Record<string, string>> = params
  return template.replace(/\{(\w+)\}/g, (_, name: string) => segment(values[name] ?? ""))
}
