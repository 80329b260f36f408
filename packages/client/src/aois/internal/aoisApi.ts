/** The AOI operations, and the operations composed of them. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Polygon } from "geojson"
import { callAll, callDated } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import { checkArea } from "../../internal/geometry.js"
import { badIds, checkInput, emptyOnes } from "../../internal/invalid.js"
import * as span from "../../internal/span.js"
import * as unique from "../../internal/unique.js"
import { make as makeWaits } from "../../internal/waits.js"
import type { Aoi } from "../Aoi.js"
import { type AoiCreateError, AoiFailed, type AoiFollowError } from "../AoiError.js"
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
    Option.getOrElse(aoi.description, () => "") === description &&
    Option.exists(aoi.geometry, (it) => shapeOf(it) === shapeOf(geometry))

/** The AOIs of one client: what its creates and its waits share. */
export const make = Effect.gen(function* () {
  const http = yield* Connection
  const waits = yield* makeWaits(http, {
    name: "AoisApi.wait",
    subjectOf: ({ aoiId }: AoisApi.AoiRef) => AoiSubject.make({ aoiId }),
    get: (ref) => callDated(http, endpoints.getAoi, ref),
    failed: ({ what, ...ended }) =>
      new AoiFailed({ ...ended, message: `${what}: no reason given. Check its images, and create another.` })
  })

  const create = (given: AoisApi.CreateInput): Effect.Effect<Aoi, AoiCreateError> =>
    Effect.gen(function* () {
      const { itemIds, name, projectId } = given
      yield* checkInput(endpoints.createAoi, [...emptyOnes({ name }), ...badIds({ itemIds })])
      const input = { ...given, geometry: yield* checkArea(endpoints.createAoi, ["Polygon"], given.geometry) }
      const aoi = yield* unique.createBy(http, endpoints.createAoi, input, {
        target: { _tag: "Aoi", projectId, name },
        // An empty list may be a 404.
        find: Effect.catchTag(unique.named(callAll(http, endpoints.listAois, { name }), name), "PixxelNotFound", () =>
          Effect.succeed([])
        ),
        equals: equals(input)
      })
      yield* waits.record({ aoiId: aoi.id })
      return aoi
    })

  return {
    waits,
    create,
    createAndWait: (
      input: AoisApi.CreateInput & AoisApi.WaitOptions
    ): Effect.Effect<Aoi, AoiCreateError | AoiFollowError> =>
      Effect.flatMap(Effect.zipRight(waits.check(input), create(input)), (aoi) =>
        Effect.map(waits.follow({ aoiId: aoi.id }, input, aoi), ({ item }) => item)
      ).pipe(span.within("AoisApi.createAndWait"))
  }
})
