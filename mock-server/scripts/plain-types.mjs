/**
 * Writes the declared types that derive from schemas as plain types. With the schemas' library in them, a consumer that
 * checks the declarations of libraries would check that whole library.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import ts from "typescript"

const library = "typebox/type"

/** The shapes that a value of a shape may have. */
const branchesOf = (shape) => shape?.anyOf?.flatMap(branchesOf) ?? (shape === undefined ? [] : [shape])

/** The branch of a shape that has these properties. */
const branchWith = (shape, names) =>
  branchesOf(shape).find(({ properties }) => properties !== undefined && names.every((name) => name in properties))

/** The comment of a property: the description of its shape and its default, else its own. */
const commentOf = (shape, own) => {
  const { description } = shape ?? {}
  if (description === undefined) return own
  return "default" in shape ? `${description} Default: \`${JSON.stringify(shape.default)}\`.` : description
}

/** A type as text; its properties have the descriptions of the shape that it follows from, else their own comments. */
const printer = (checker) => {
  const print = (type, indent, shape) => {
    if (type.isUnion()) return union(type.types, indent, shape)
    if (type.isIntersection()) return type.types.map((part) => print(part, indent, shape)).join(" & ")
    if (checker.isArrayType(type)) {
      const [item] = checker.getTypeArguments(type)
      const name = type.symbol.name === "ReadonlyArray" ? "ReadonlyArray" : "Array"
      return `${name}<${print(item, indent, branchesOf(shape).find(({ items }) => items !== undefined)?.items)}>`
    }
    if (type.symbol?.name === "ReadonlyMap") {
      const parts = checker.getTypeArguments(type).map((part) => print(part, indent, undefined))
      return `ReadonlyMap<${parts.join(", ")}>`
    }
    const isObject = (type.flags & ts.TypeFlags.Object) !== 0 && !checker.isTupleType(type)
    if (isObject && type.getCallSignatures().length === 0) return object(type, indent, shape)
    return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation)
  }

  const union = (types, indent, shape) => {
    const parts = types.map((type) => print(type, indent, shape))
    const isBoolean = parts.includes("true") && parts.includes("false")
    const words = isBoolean ? [...parts.filter((it) => it !== "true" && it !== "false"), "boolean"] : parts
    return words.join(" | ")
  }

  const object = (type, indent, shape) => {
    const inner = `${indent}  `
    const names = checker.getPropertiesOfType(type).map(({ name }) => name)
    const fields = branchWith(shape, names)?.properties ?? {}
    const [values] = branchesOf(shape).flatMap(({ patternProperties }) => Object.values(patternProperties ?? {}))
    const indexes = checker.getIndexInfosOfType(type).map(({ isReadonly, keyType, type }) => {
      const key = checker.typeToString(keyType)
      return `${inner}${isReadonly ? "readonly " : ""}[key: ${key}]: ${print(type, inner, values)}`
    })
    const properties = checker.getPropertiesOfType(type).map((property) => {
      const of = checker.getTypeOfSymbol(property)
      const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0
      const field = fields[property.name]
      const about = commentOf(field, ts.displayPartsToString(property.getDocumentationComment(checker)))
      const comment = about === "" ? "" : `${inner}/** ${about.replaceAll("\n", " ")} */\n`
      const name = /^[A-Za-z_$][\w$]*$/.test(property.name) ? property.name : JSON.stringify(property.name)
      // an optional property has `undefined` in its type, but must not be set to it
      const types = (of.isUnion() ? of.types : [of]).filter((it) => (it.flags & ts.TypeFlags.Undefined) === 0)
      return `${comment}${inner}readonly ${name}${isOptional ? `?: ${union(types, inner, field)}` : `: ${print(of, inner, field)}`}`
    })
    const members = [...indexes, ...properties]
    return members.length === 0 ? "{}" : `{\n${members.join("\n")}\n${indent}}`
  }

  return print
}

/** `shapes`: the exports of the module, by name. */
const plain = (file, checker, shapes) => {
  const text = file.getFullText()
  const print = printer(checker)
  const edits = []
  const leaveOut = (statement) => edits.push({ from: statement.getFullStart(), to: statement.getEnd(), text: "" })
  for (const statement of file.statements) {
    const source = statement.getText(file)
    if (ts.isImportDeclaration(statement) && source.includes(`"${library}"`)) leaveOut(statement)
    else if (ts.isVariableStatement(statement) && /\bType\./.test(source)) leaveOut(statement)
    else if (ts.isTypeAliasDeclaration(statement) && /\b(Shaped|Type\.Static)</.test(source)) {
      const { name, type } = statement
      // imported, but no plain type uses it
      if (name.text === "Shaped") {
        edits.push({ from: statement.getStart(file), to: statement.getEnd(), text: "export type Shaped = never;" })
        continue
      }
      const shape = shapes[/\btypeof (\w+)/.exec(source)?.[1] ?? ""]
      const text = print(checker.getTypeAtLocation(type), "", shape)
      edits.push({ from: type.getStart(file), to: type.getEnd(), text })
    }
  }
  return edits.reduceRight((out, { from, text, to }) => out.slice(0, from) + text + out.slice(to), text)
}

/** Does so in all declarations of a folder. */
export const writePlainTypes = async (folder) => {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => join(folder, name))
    .filter((path) => /from "typebox\/type"|\bShaped</.test(readFileSync(path, "utf8")))
  const program = ts.createProgram(paths, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    types: ["node"]
  })
  const checker = program.getTypeChecker()
  // written at the end: the types of one file follow from those of another
  const written = []
  for (const path of paths) {
    const shapes = await import(pathToFileURL(path.replace(/\.d\.ts$/, ".js")).href)
    written.push([path, plain(program.getSourceFile(path), checker, shapes)])
  }
  for (const [path, text] of written) writeFileSync(path, text)
}
