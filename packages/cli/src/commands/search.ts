/** `pixxel satellites`: lists the satellites whose images can be searched. */
import { Satellite, SearchApi } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import type { Column } from "../render/table.js"
import { calling, listed } from "./calling.js"

const columns: ReadonlyArray<Column<Satellite>> = [
  { head: "ID", of: ({ id }) => id },
  { head: "NAME", cuts: true, of: ({ name }) => name },
  { head: "COLLECTIONS", of: ({ collections }) => collections.map(({ id }) => id).join(", ") },
  { head: "BANDS", minor: true, of: ({ bands }) => String(bands.length) },
  {
    head: "FILTERS",
    minor: true,
    of: ({ collections }) => [...new Set(collections.flatMap(({ queryables }) => queryables))].join(", ")
  }
]

export const satellites = calling("satellites", "List the satellites whose images can be searched.", {}, () =>
  Effect.flatMap(SearchApi, (api) => api.satellites()).pipe(Effect.map(listed("satellites", Satellite, columns)))
)
