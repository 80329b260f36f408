/** The search operations. */
import { read } from "../../internal/endpoint.js"
import { list } from "../../internal/success.js"
import { Satellite } from "../Satellite.js"

export const listSatellites = read({
  operation: "ListSatellites",
  name: "SearchApi.satellites",
  path: "/v0/satellites",
  success: list("satellites", Satellite)
})
