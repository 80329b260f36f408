/** The AOI operations, and the operations composed of them. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Polygon } from "geojson"
import { call, callAll, callDated } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import { checkArea } from "../../internal/geometry.js"
import { graceOf } from "../../internal/grace.js"
import { checkInput, emptyOnes } from "../../internal/invalid.js"
import * as span from "../../internal/span.js"
import { atStart } from "../../internal/subject.js"
import * as uniqueCreate from "../../internal/uniqueCreate.js"
import { make as makeWaits } from "../../internal/waits.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { Aoi } from "../Aoi.js"
import { AoiFailed } from "../AoiError.js"
import type { AoisApi } from "../AoisApi.js"
import { AoiSubject } from "../Subject.js"
import * as endpoints from "./endpoints.js"

/** The shape of a geometry, regardless of the order of its members. */
const shapeOf = (geometry: unknown) => {
  const { coordinates, type }: { readonly coordinates?: unknown; readonly type?: unknown } = Object(geometry)
  return JSON.stringify([type, coordinates])
}

const equals =
  ({ description, geometry, projectId, satelliteId }: Omit<AoisApi.CreateInput, "geometry"> & { geometry: Polygon }) =>
  (aoi: Aoi): boolean =>
    Option.contains(aoi.projectId, projectId) &&
    Option.contains(aoi.satelliteId, satelliteId) &&
    Option.contains(
      Option.orElseSome(aoi.description, () => ""),
      description
    ) &&
    Option.exists(aoi.geometry, (it) => shapeOf(it) === shapeOf(geometry))

export const make: Effect.Effect<AoisApi.Service, never, PixxelHttpClient> = Effect.gen(function* () {
  const http = yield* Connection

  const waits = yield* makeWaits(http, {
    subjectOf: ({ aoiId }: AoisApi.AoiRef) => AoiSubject.make({ aoiId }),
    get: (ref) => callDated(http, endpoints.getAoi, ref),
    appearance: ({ progress, status }: Aoi) => JSON.stringify([status, progress]),
    exists: "exists",
    failed: (subject, aoi, { text }) => {
      const status = Option.match(aoi.status, { onNone: () => "", onSome: text })
      const message = `${atStart(subject)} ended as ${status}: no reason given. Check its images, and create another.`
      return new AoiFailed({ subject, status, message })
    }
  })

  const listAll: AoisApi.Service["listAll"] = (input = {}) => callAll(http, endpoints.listAois, input)

  const create: AoisApi.Service["create"] = (given) =>
    Effect.gen(function* () {
      const { itemIds, name, projectId } = given
      yield* checkInput(endpoints.createAoi, emptyOnes({ name, itemIds }))
      const input = { ...given, geometry: yield* checkArea(endpoints.createAoi, ["Polygon"], given.geometry) }
      const aoi = yield* uniqueCreate.create(http, endpoints.createAoi, input, {
        target: { _tag: "Aoi", projectId, name },
        // An empty list may be a 404.
        find: Effect.catchTag(uniqueCreate.named(listAll({ name }), name), "PixxelNotFound", () => Effect.succeed([])),
        equals: equals(input)
      })
      yield* waits.record({ aoiId: aoi.id }, graceOf({}))
      return aoi
    })

  return {
    list: (input = {}) => Effect.map(call(http, endpoints.listAois, input), ({ page }) => page),
    listAll,
    create,
    createAndWait: (input) =>
      Effect.flatMap(create(input), (aoi) => waits.follow({ aoiId: aoi.id }, input, aoi)).pipe(
        span.within("AoisApi.createAndWait")
      ),
    get: waits.get,
    watch: (input) => waits.watch(input, input),
    wait: (input) => waits.wait(input, input).pipe(span.within("AoisApi.wait"))
  }
})
