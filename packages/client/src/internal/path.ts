/** Fills path templates. Each id becomes exactly one segment, with any content. */
import type * as Brand from "effect/Brand"
import * as Option from "effect/Option"
import * as AST from "effect/SchemaAST"
import { snakeToCamel, uncapitalize } from "effect/String"

/** The names in a template: `"a" | "b"` for `/{a}/x/{b}`. */
export type Params<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Params<Rest>
  : never

/** The camel case of a wire name: `"workflowId"` for `"workflow_id"`. */
type Camel<Name extends string> = Name extends `${infer Word}_${infer Rest}`
  ? `${Word}${Capitalize<Camel<Rest>>}`
  : Name

/** The schema of an id. Its brand is the name of the argument: `projectId` for `ProjectId`. */
interface Id {
  readonly ast: AST.AST
  readonly Type: string & { readonly [Brand.BrandTypeId]: unknown }
}

/** The ids of the parameters. An argument of another type is a text with the camel case of the wire name. */
export type Ids<Path extends string> = { readonly [Name in Params<Path>]?: Id }

type ArgumentName<Name extends string, I> = I extends Id
  ? Uncapitalize<keyof I["Type"][typeof Brand.BrandTypeId] & string>
  : Camel<Name>

/** The arguments of a template. */
export type Arguments<Path extends string, I extends Ids<Path>> = {
  readonly [Name in Params<Path> as ArgumentName<Name, I[Name]>]: I[Name] extends Id ? I[Name]["Type"] : string
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
export type Template = ReturnType<typeof template>

const nameOf = ({ ast }: Id): string => {
  const [brand] = Option.getOrThrow(AST.getBrandAnnotation(ast))
  return uncapitalize(String(brand))
}

export const template = (path: string, ids: Readonly<Record<string, Id | undefined>> = {}) => {
  const [first = "", ...rest] = path.split("{")
  const steps = rest.map((part) => {
    const [name = "", after = ""] = part.split("}")
    return { name, after, argument: ids[name] === undefined ? snakeToCamel(name) : nameOf(ids[name]) }
  })
  return {
    /** The parameters in order: by their name in the template, and by that of their argument. */
    params: steps,
    fill: (input: Readonly<Record<string, unknown>>): string => {
      let filled = first
      for (const { after, argument } of steps) filled += segment(String(input[argument] ?? "")) + after
      return filled
    }
  }
}
