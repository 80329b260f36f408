/**
 * Writes the pages of the reference; a test fails when this was forgotten.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { pages } from "../test/reference/pages.js"

const folder = new URL("../../docs/reference/", import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [file, text] of Object.entries(pages)) writeFileSync(new URL(file, folder), text)
