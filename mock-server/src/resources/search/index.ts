/** Satellites and their images: those of the fixtures, the same in every world. */
import { operationsOf, type Resource } from "../Resource.js"
import { query, quirks, satellite, scene } from "./fixture.js"
import { handlers } from "./routes.js"

export const operations = operationsOf(
  { query: [], needs: "view" },
  {
    ListSatellites: { at: "GET /v0/satellites", role: "list", subject: "satellite", items: "satellites" },
    SearchSatelliteImages: { at: "POST /v0/search", role: "read", subject: "scene", body: query }
  }
)

export const search = {
  operations,
  handlers,
  fixtures: {
    satellites: { shape: satellite },
    scenes: { shape: scene }
  },
  quirks
} as const satisfies Resource
