// Fills the files, the operations and the tables that the documents show: npm run readme
import { writeFileSync } from "node:fs"
import { withTables } from "../mock-server/test/tables.ts"
import { endpoints } from "../packages/client/src/internal/endpoints.ts"
import { documents, read, root } from "../packages/examples/test/markdown.ts"

const rows = endpoints.map(
  ({ billable, method, name, path, repeatable }) =>
    `| \`${name}\` | \`${method} ${path}\` | ${repeatable ? "yes" : "no"} | ${billable ? "**yes**" : "no"} |`
)
const operations = ["| method | call | may be repeated | costs tokens |", "| --- | --- | --- | --- |", ...rows].join(
  "\n"
)
for (const document of documents) {
  const filled = read(document)
    .replace(
      /<!-- (\w[^\s:]*\/\S+) -->\n```(\w+)\n[\s\S]*?```/g,
      (_, path, language) => `<!-- ${path} -->\n\`\`\`${language}\n${read(path)}\`\`\``
    )
    .replace(/<!-- operations -->\n(?:\|[^\n]*\n)*/, () => `<!-- operations -->\n${operations}\n`)
  writeFileSync(root(document), withTables(filled))
}
