/**
 * Writes the JSON Schemas of the fixtures; a test fails when this was forgotten.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { jsonSchemas } from "./schemas.js"

const folder = new URL("../../fixtures/schema/", import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [file, schema] of jsonSchemas) writeFileSync(new URL(file, folder), `${JSON.stringify(schema, null, 2)}\n`)
