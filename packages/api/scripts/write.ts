/** Writes what is generated from the rows; a test fails when this was forgotten. */
import { writeFileSync } from "node:fs"
import { page, pageFile } from "../src/coverage.js"

writeFileSync(pageFile, page)
