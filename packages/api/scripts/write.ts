/** Writes the generated files of the rows and models; a test fails when this was forgotten. */
import { writeFileSync } from "node:fs"
import { page, pageFile } from "../src/coverage.js"
import { read } from "../src/documentation.js"
import { describe, file } from "../src/openapi.js"

writeFileSync(pageFile, page)
writeFileSync(file, `${JSON.stringify(describe(read()), null, 2)}\n`)
