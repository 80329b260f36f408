/** Fills path templates. Each id becomes exactly one segment, with any content. */

/** The names in a template: `"a" | "b"` for `/{a}/x/{b}`. */
export type Params<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Params<Rest>
  : never

/** The camel case of a wire name: `"workflowId"` for `"workflow_id"`. */
type Camel<Name extends string> = Name extends `${infer Word}_${infer Rest}`
  ? `${Word}${Capitalize<Camel<Rest>>}`
  : Name

/** Parameters whose argument has another name than the camel case. */
export type Renamed<Path extends string> = { readonly [Name in Params<Path>]?: string }

/** The arguments of a template. */
export type Arguments<Path extends string, Names extends Renamed<Path>> = {
  readonly [Name in Params<Path> as Names[Name] extends string ? Names[Name] : Camel<Name>]: string
}

const unsendable = "\uFFFD"

/** An id that a segment carries as it is. */
const plain = /^(?!\.{1,2}$)[\w.~-]+$/

// URL parsers remove `.` and `..` as steps, in their percent-encoded spellings too; an empty segment names the list
// instead of an item; encodeURIComponent throws at a lone surrogate.
const segment = (id: string) => {
  if (plain.test(id)) return id
  const text = id === "" ? unsendable : /^\.{1,2}$/.test(id) ? id.replaceAll(".", unsendable) : id
  return encodeURIComponent(text.toWellFormed())
}

/** A template in its parts. */
export interface Template {
  /** The parameters in order: by their name in the template, and by that of their argument. */
  readonly params: ReadonlyArray<{ readonly name: string; readonly argument: string }>
  readonly fill: (input: Readonly<Record<string, unknown>>) => string
}

const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

export const template = (path: string, renamed: Readonly<Record<string, string | undefined>> = {}): Template => {
  const [first = "", ...rest] = path.split("{")
  const steps = rest.map((part) => {
    const [name = "", after = ""] = part.split("}")
    return { name, after, argument: renamed[name] ?? camel(name) }
  })
  return {
    params: steps,
    fill: (input) => {
      let filled = first
      for (const { after, argument } of steps) filled += segment(String(input[argument] ?? "")) + after
      return filled
    }
  }
}
