/** The documentation of the client's models, as an editor shows it, read from the sources. */
import { fileURLToPath } from "node:url"
import ts from "typescript"

/** The documentation of a class and of its properties. */
export interface Documentation {
  readonly about: string
  readonly properties: ReadonlyMap<string, string>
}

const entry = fileURLToPath(new URL("../../client/src/index.ts", import.meta.url))

const textOf = (symbol: ts.Symbol, checker: ts.TypeChecker): string =>
  ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, " ").trim()

/** The documentation of all classes that the client exports. */
export const read = (): ReadonlyMap<string, Documentation> => {
  const config = ts.getParsedCommandLineOfConfigFile(
    fileURLToPath(new URL("../../client/tsconfig.build.json", import.meta.url)),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"))
      }
    }
  )
  const program = ts.createProgram([entry], config?.options ?? {})
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(entry)
  const exported = source === undefined ? undefined : checker.getSymbolAtLocation(source)
  if (exported === undefined) throw new Error(`found no module ${entry}, expected the exports of the client`)
  return new Map(
    checker.getExportsOfModule(exported).flatMap((symbol): ReadonlyArray<[string, Documentation]> => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      if (!(target.flags & ts.SymbolFlags.Class)) return []
      const properties = checker.getDeclaredTypeOfSymbol(target).getProperties()
      return [
        [
          symbol.name,
          {
            about: textOf(target, checker),
            properties: new Map(properties.map((it) => [it.name, textOf(it, checker)]))
          }
        ]
      ]
    })
  )
}
