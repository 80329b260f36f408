// Puts the files and the operations that the README shows into it: npx tsx scripts/readme.mjs
import { readFileSync, writeFileSync } from "node:fs"
import { endpoints } from "../packages/client/src/internal/endpoints.ts"

const rows = endpoints.map(
  ({ billable, method, name, path, repeatable }) =>
    `| \`${name}\` | \`${method} ${path}\` | ${repeatable ? "yes" : "no"} | ${billable ? "**yes**" : "no"} |`
)
const operations = ["| method | call | may be repeated | costs money |", "| --- | --- | --- | --- |", ...rows].join(
  "\n"
)
const readme = readFileSync("README.md", "utf8")
  .replace(
    /<!-- (packages\/\S+\.ts) -->\n```ts\n[\s\S]*?```/g,
    (_, path) => `<!-- ${path} -->\n\`\`\`ts\n${readFileSync(path, "utf8")}\`\`\``
  )
  .replace(/<!-- operations -->\n(?:\|[^\n]*\n)*/, () => `<!-- operations -->\n${operations}\n`)
writeFileSync("README.md", readme)
