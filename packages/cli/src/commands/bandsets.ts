/** `pixxel bandsets`: lists the bands that a tasking order may name. */
import type { Bandset } from "@effect-pixxel/client/orders/Bandset"
import { OrdersApi } from "@effect-pixxel/client/orders/OrdersApi"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Column } from "../render/table.js"
import { listed, using } from "./calling.js"

const calling = using(OrdersApi, OrdersApi.layer)

const columns: ReadonlyArray<Column<Bandset>> = [
  { head: "ID", of: (it) => it.id },
  { head: "NAME", cuts: true, of: (it) => it.name },
  { head: "CAPTURES", of: (it) => Option.map(it.captures, String) },
  { head: "BANDS", cuts: true, of: (it) => it.bands.flatMap(({ name }) => Option.toArray(name)).join(", ") },
  { head: "FOR", cuts: true, minor: true, of: (it) => it.description }
]

export const bandsets = calling(
  "bandsets",
  "List the bandsets of tasking orders. The number of captures multiplies the price.",
  {},
  (_, api) => Effect.map(api.bandsets(), listed("bandsets", columns))
)
