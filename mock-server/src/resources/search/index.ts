/** Satellites: those of the fixtures, the same in every world. */
import { contentOf } from "../../core/Shape.js"
import { listOf } from "../../http/lists.js"
import { worldOf } from "../../http/requests.js"
import { type Handlers, operationsOf, type Resource } from "../Resource.js"
import { satellite } from "./fixture.js"

const operations = operationsOf(
  { query: [], needs: "view" },
  {
    ListSatellites: {
      method: "GET",
      route: "/v0/satellites",
      role: "list",
      subject: "satellite",
      items: "satellites"
    }
  }
)

const handlers: Handlers<typeof operations> = {
  ListSatellites: (request) => {
    const world = worldOf(request)
    return { satellites: listOf(world, [...(world.fixtures.satellites?.values() ?? [])].map(contentOf)) }
  }
}

export const search = {
  operations,
  handlers,
  fixtures: { satellites: { shape: satellite, schema: "satellite", key: "id" } }
} as const satisfies Resource
