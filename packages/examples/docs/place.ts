import { FetchHttpClient } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { AoisApi, AssetsApi, Download, type Geometry, Pixxel, ProjectId, SearchApi } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Console, DateTime, Effect, Layer, Option, Stream } from "effect"

const field: Geometry.Input = {
  type: "Polygon",
  coordinates: [
    [
      [79, 21],
      [79.2, 21],
      [79.2, 21.2],
      [79, 21.2],
      [79, 21]
    ]
  ] // longitude first
}

const program = Effect.gen(function* () {
  const search = yield* SearchApi
  const aois = yield* AoisApi
  const assets = yield* AssetsApi

  // an AOI has the images of one satellite
  const satellites = yield* search.satellites()
  const [satellite] = satellites.filter(({ name }) => Option.contains(name, "Firefly-1"))
  if (satellite === undefined) return yield* Effect.dieMessage("This platform has no Firefly-1.")
  const images = yield* search
    .imagesAll({
      start: DateTime.unsafeMake("2025-06-01"),
      end: DateTime.unsafeMake("2025-07-01"),
      satellites: satellite.sources,
      geometry: field,
      filters: { "eo:cloud_cover": { min: 0, max: 20 } }
    })
    .pipe(Stream.runCollect)
  yield* Console.log(`${images.length} images`)

  const aoi = yield* aois.createAndWait({
    projectId: ProjectId.make("project-monsoon-2024"),
    name: "West field, June",
    description: "The images of June with few clouds.",
    satelliteId: satellite.id,
    provider: "pixxel",
    geometry: field,
    itemIds: Array.from(images, ({ id }) => id),
    timeout: "2 hours"
  })
  if (aoi.isPartial) yield* Console.log("Some images are missing.")

  const mosaics = yield* assets.listAll({ aoiId: aoi.id }).pipe(
    Stream.filter(({ outcome, type }) => outcome === "succeeded" && Option.contains(type, "mosaic")),
    Stream.runCollect
  )
  const assetIds = Array.from(mosaics, ({ id }) => id)
  yield* Console.log(assetIds)

  const source = AssetsApi.source({ aoiId: aoi.id, assetIds })
  const { verified } = yield* Download.toFile({ source, path: "field.zip" })
  yield* Console.log(`field.zip, verified by its ${verified}`)
})

const Live = Layer.mergeAll(
  Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer)),
  NodeContext.layer, // the file system
  NodeHashing.layer // the checksums
)

program.pipe(Effect.provide(Live), NodeRuntime.runMain)
