/** The rows of all operations: of every folder of a resource. */
import { existsSync, readdirSync } from "node:fs"
import type { Endpoint } from "../src/internal/endpoint.js"

type Row = Endpoint<unknown, never>

const source = new URL("../src/", import.meta.url)

const files = readdirSync(source).flatMap((folder) => {
  const file = new URL(`${folder}/internal/endpoints.ts`, source)
  return existsSync(file) ? [file.href] : []
})

export const endpoints = (
  await Promise.all(
    // modules of rows, by the rule of the folders
    files.map((file): Promise<Readonly<Record<string, Row>>> => import(/* @vite-ignore */ file))
  )
)
  .flatMap((rows) => Object.values(rows))
  // Folders and modules have no order of their own.
  .sort((one, other) => (`${one.path} ${one.method}` < `${other.path} ${other.method}` ? -1 : 1))
