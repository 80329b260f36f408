/**
 * The documentation of fields and of methods that are made of rows, as an editor shows it on hover: from the sources,
 * and from the published types.
 */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import ts from "typescript"
import { size } from "../../../vitest.size.js"
import * as client from "../src/index.js"
import { tableOf } from "../src/internal/model.js"
import { modelsIn } from "./models.js"

const root = fileURLToPath(new URL("..", import.meta.url))
const src = resolve(root, "src")

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(resolve(root, "tsconfig.build.json"), ts.sys.readFile).config,
  ts.sys,
  root
)

/** The modules with models and services, and their texts. */
const modules = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, text: readFileSync(resolve(src, path), "utf8") }))
  .filter(({ text }) => / extends (model|service)</.test(text))

const moduleOf = (model: string) => {
  const found = modules.find(({ text }) => text.includes(`class ${model} extends model<`))
  assert(found, model)
  return found.path.replace(/ts$/, "js")
}

const fields = modelsIn(client).flatMap(([model, Model]) =>
  Object.keys(tableOf(Model)).map((field) => ({ model, field }))
)

/** The first table in an expression: itself, or the result of an effect that makes it. */
const tableIn = (node: ts.Node): ts.ObjectLiteralExpression | undefined =>
  ts.isObjectLiteralExpression(node) ? node : ts.forEachChild(node, tableIn)

/** The methods of the services that are tables of methods. */
const methods = modules.flatMap(({ path, text }) =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true).statements.flatMap((statement) => {
    const base = ts.isClassDeclaration(statement) ? statement.heritageClauses?.[0]?.types[0]?.expression : undefined
    if (base === undefined || !ts.isCallExpression(base) || !base.getText().startsWith("service<")) return []
    const [name, table] = base.arguments
    const service = name !== undefined && ts.isStringLiteral(name) ? name.text : ""
    const properties = table === undefined ? [] : (tableIn(table)?.properties ?? [])
    return properties.map((it) => ({ module: path.replace(/ts$/, "js"), service, method: it.name?.getText() }))
  })
)

/** Expressions of each of them. */
const expressions = [
  ...fields.map(({ field, model }) => `(it: import("./${moduleOf(model)}").${model}) => it.${field}`),
  ...methods.map(
    ({ method, module, service }) => `(it: typeof import("./${module}").${service}.Service) => it.${method}`
  )
]

type Files = ReadonlyMap<string, string>

/** The declarations of the modules and of their imports, by path. */
const declarations = (): Files => {
  const out = new Map<string, string>()
  const roots = modules.map(({ path }) => resolve(src, path))
  ts.createProgram(roots, options).emit(undefined, (path, text) => out.set(path, text), undefined, true)
  return out
}

/** The documentation that an editor shows on the last word of each expression. */
const shown = (folder: string, files: Files): ReadonlyArray<string> => {
  const user = resolve(folder, "user.ts")
  const lines = expressions.map((expression) => `export const _ = ${expression}`)
  const text = lines.join("\n")
  const folders = new Set([folder, ...[...files.keys()].map(dirname)])
  const read = (path: string) => (path === user ? text : (files.get(path) ?? ts.sys.readFile(path)))
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [user],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const content = read(path)
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content)
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => path === user || files.has(path) || ts.sys.fileExists(path),
    readFile: read,
    directoryExists: (path) => folders.has(path) || ts.sys.directoryExists(path)
  })
  let end = -1
  return lines.map((line) => {
    end += line.length + 1
    return ts.displayPartsToString(service.getQuickInfoAtPosition(user, end - 1)?.documentation)
  })
}

/** The comments on the properties of a module's tables, by their names. */
const commentsIn = (path: string): ReadonlyMap<string, string> => {
  const file = ts.createSourceFile(path, readFileSync(resolve(src, path), "utf8"), ts.ScriptTarget.Latest, true)
  const comments = new Map<string, string>()
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) {
      const text = ts.getJSDocCommentsAndTags(node).map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "")
      if (text.length > 0) comments.set(node.name.getText(), text.join("\n"))
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return comments
}

describe("the documentation of a field or a method", () => {
  it("is written in its table", () => {
    const comments = new Map(modules.map(({ path }) => [path.replace(/ts$/, "js"), commentsIn(path)]))
    const rows = [
      ...fields.map(({ field, model }) => ({ module: moduleOf(model), owner: model, name: field })),
      ...methods.map(({ method, module, service }) => ({ module, owner: service, name: String(method) }))
    ]
    for (const { module, name, owner } of rows) {
      assert.match(comments.get(module)?.get(name) ?? "", /^[A-Z].*\.$/s, `${owner}.${name}`)
    }
  })

  const cases: ReadonlyArray<readonly [name: string, folder: string, files: () => Files]> = [
    ["the sources", src, () => new Map()],
    ["the published types", resolve(root, "published"), declarations]
  ]
  // The compiler takes 10 s for each of them.
  it.each(size([], cases))("appears on hover, by %s", (name, folder, files) => {
    const published = new Map([...files()].map(([path, text]) => [path.replace(`${root}dist`, folder), text]))
    const found = shown(folder, published)
    assert.isAbove(fields.length, 70, name)
    assert.isAbove(methods.length, 30, name)
    for (const [at, expression] of expressions.entries()) {
      assert.match(found[at] ?? "", /^[A-Z].*\.$/s, expression)
    }
    const status = fields.findIndex(({ field, model }) => model === "Job" && field === "status")
    assert.strictEqual(found[status], "The server's status word, unchanged. `outcome` classifies it.")
  })
})
