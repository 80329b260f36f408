/** Satellites and their images: those of the fixtures, the same in every world. */
import { type Handlers, operationsOf, type Resource } from "../Resource.js"
import { query, quirks, satellite, scene } from "./fixture.js"
import { search as find, list } from "./routes.js"

const operations = operationsOf(
  { query: [], needs: "view" },
  {
    ListSatellites: { at: "GET /v0/satellites", role: "list", subject: "satellite", items: "satellites" },
    SearchSatelliteImages: { at: "POST /v0/search", role: "read", subject: "scene", body: query }
  }
)

const handlers: Handlers<typeof operations> = { ListSatellites: list, SearchSatelliteImages: find }

export const search = {
  operations,
  handlers,
  fixtures: {
    satellites: { shape: satellite },
    scenes: { shape: scene }
  },
  quirks
} as const satisfies Resource
