/** Writes the generated files of the rows and models; a test fails when this was forgotten. */
import { writeFileSync } from "node:fs"
import holes from "../holes.json" with { type: "json" }
import { holesOf, page, pageFile, parts } from "../src/coverage.js"
import { read } from "../src/documentation.js"
import { describe, file } from "../src/openapi.js"

writeFileSync(pageFile, page)
writeFileSync(file, `${JSON.stringify(describe(read()), null, 2)}\n`)

// the holes only shrink: an operation that a part has lost fails the test
const left = parts.map((part) => [part, holes[part].filter((id) => holesOf(part).includes(id))])
writeFileSync(new URL("../holes.json", import.meta.url), `${JSON.stringify(Object.fromEntries(left), null, 2)}\n`)
