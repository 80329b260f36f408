// Puts the files and the operations that the READMEs and the tutorial show into them: npm run readme
import { readFileSync, writeFileSync } from "node:fs"
import { withTables } from "../mock-server/test/tables.ts"
import { endpoints } from "../packages/client/src/internal/endpoints.ts"

const rows = endpoints.map(
  ({ billable, method, name, path, repeatable }) =>
    `| \`${name}\` | \`${method} ${path}\` | ${repeatable ? "yes" : "no"} | ${billable ? "**yes**" : "no"} |`
)
const operations = ["| method | call | may be repeated | costs money |", "| --- | --- | --- | --- |", ...rows].join(
  "\n"
)
for (const document of ["README.md", "mock-server/README.md", "mock-server/TUTORIAL.md"]) {
  const filled = readFileSync(document, "utf8")
    .replace(
      /<!-- (packages\/\S+) -->\n```(\w+)\n[\s\S]*?```/g,
      (_, path, language) => `<!-- ${path} -->\n\`\`\`${language}\n${readFileSync(path, "utf8")}\`\`\``
    )
    .replace(/<!-- operations -->\n(?:\|[^\n]*\n)*/, () => `<!-- operations -->\n${operations}\n`)
  writeFileSync(document, withTables(filled))
}
