/**
 * Writes the declared types that follow from schemas as the types that they are. With the schemas' own library in them,
 * a consumer who checks the declarations of libraries checks all of that library.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import ts from "typescript"

const library = "typebox/type"

/** A type as text, its properties with the comments that they have. */
const printer = (checker) => {
  const print = (type, indent) => {
    if (type.isUnion()) return union(type.types, indent)
    if (type.isIntersection()) return type.types.map((part) => print(part, indent)).join(" & ")
    if (checker.isArrayType(type)) {
      const [item] = checker.getTypeArguments(type)
      const name = type.symbol.name === "ReadonlyArray" ? "ReadonlyArray" : "Array"
      return `${name}<${print(item, indent)}>`
    }
    const isObject = (type.flags & ts.TypeFlags.Object) !== 0 && !checker.isTupleType(type)
    if (isObject && type.getCallSignatures().length === 0) return object(type, indent)
    return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation)
  }

  const union = (types, indent) => {
    const parts = types.map((type) => print(type, indent))
    const isBoolean = parts.includes("true") && parts.includes("false")
    const words = isBoolean ? [...parts.filter((it) => it !== "true" && it !== "false"), "boolean"] : parts
    return words.join(" | ")
  }

  const object = (type, indent) => {
    const inner = `${indent}  `
    const indexes = checker.getIndexInfosOfType(type).map(({ isReadonly, keyType, type }) => {
      const key = checker.typeToString(keyType)
      return `${inner}${isReadonly ? "readonly " : ""}[key: ${key}]: ${print(type, inner)}`
    })
    const properties = checker.getPropertiesOfType(type).map((property) => {
      const of = checker.getTypeOfSymbol(property)
      const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0
      const about = ts.displayPartsToString(property.getDocumentationComment(checker))
      const comment = about === "" ? "" : `${inner}/** ${about.replaceAll("\n", " ")} */\n`
      const name = /^[A-Za-z_$][\w$]*$/.test(property.name) ? property.name : JSON.stringify(property.name)
      // `undefined` is in the type of what may be missing, and may not be given for it
      const types = (of.isUnion() ? of.types : [of]).filter((it) => (it.flags & ts.TypeFlags.Undefined) === 0)
      return `${comment}${inner}readonly ${name}${isOptional ? `?: ${union(types, inner)}` : `: ${print(of, inner)}`}`
    })
    const members = [...indexes, ...properties]
    return members.length === 0 ? "{}" : `{\n${members.join("\n")}\n${indent}}`
  }

  return print
}

const plain = (file, checker) => {
  const text = file.getFullText()
  const print = printer(checker)
  const edits = []
  const leaveOut = (statement) => edits.push({ from: statement.getFullStart(), to: statement.getEnd(), text: "" })
  for (const statement of file.statements) {
    const source = statement.getText(file)
    if (ts.isImportDeclaration(statement) && source.includes(`"${library}"`)) leaveOut(statement)
    else if (ts.isVariableStatement(statement) && /\bType\./.test(source)) leaveOut(statement)
    else if (ts.isTypeAliasDeclaration(statement) && source.includes("Type.Static")) {
      const { type } = statement
      edits.push({ from: type.getStart(file), to: type.getEnd(), text: print(checker.getTypeAtLocation(type), "") })
    }
  }
  return edits.reduceRight((out, { from, text, to }) => out.slice(0, from) + text + out.slice(to), text)
}

/** Does so in all declarations of a folder. */
export const writePlainTypes = (folder) => {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => join(folder, name))
    .filter((path) => readFileSync(path, "utf8").includes(`from "${library}"`))
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
  const written = paths.map((path) => [path, plain(program.getSourceFile(path), checker)])
  for (const [path, text] of written) writeFileSync(path, text)
}
