// Fills the files and the tables that the documents show: npm run readme
import { writeFileSync } from "node:fs"
import { withTables } from "../mock-server/test/tables.ts"
import { documents, read, root } from "../packages/examples/test/markdown.ts"
import { tables } from "../packages/examples/test/tables.ts"

for (const document of documents) {
  const filled = read(document)
    .replace(
      /<!-- (\w[^\s:]*\/\S+) -->\n```(\w+)\n[\s\S]*?```/g,
      (_, path, language) => `<!-- ${path} -->\n\`\`\`${language}\n${read(path)}\`\`\``
    )
    .replace(/<!-- (operations|versions) -->\n(?:.+\n)*/g, (_, name) => `<!-- ${name} -->\n${tables[name]}`)
  writeFileSync(root(document), withTables(filled))
}
