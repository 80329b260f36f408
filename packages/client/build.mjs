/**
 * Compiles the package like `tsc`, and annotates what its modules call when they are loaded as pure: a bundler drops
 * the models, errors and services that an application does not use.
 */
import { rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url))

/** Annotates the calls outside of functions. Those of statements of their own have effects, and stay as they are. */
const annotatePure = (context) => {
  const visit = (node) => {
    if (ts.isFunctionLike(node) || ts.isExpressionStatement(node)) return node
    const visited = ts.visitEachChild(node, visit, context)
    return ts.isCallExpression(visited) || ts.isNewExpression(visited)
      ? ts.addSyntheticLeadingComment(visited, ts.SyntaxKind.MultiLineCommentTrivia, " @__PURE__ ")
      : visited
  }
  return (file) => ts.visitEachChild(file, visit, context)
}

const host = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (problem) => {
    throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, "\n"))
  }
}
const { fileNames, options } = ts.getParsedCommandLineOfConfigFile(pathOf("tsconfig.build.json"), {}, host)
const program = ts.createProgram(fileNames, options)
rmSync(pathOf("dist"), { recursive: true, force: true })
const { diagnostics } = program.emit(undefined, undefined, undefined, false, { after: [annotatePure] })
const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
if (problems.length > 0) {
  console.error(
    ts.formatDiagnostics(problems, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: ts.sys.getCurrentDirectory,
      getNewLine: () => ts.sys.newLine
    })
  )
  process.exitCode = 1
}
