/** From a place to files: an AOI of images of a field, its mosaics, and their package on the disk. */
import { AoisApi, AssetsApi, Download, type Geometry, type ProjectId, type SatelliteId } from "@effect-pixxel/client"
import { Chunk, Effect, Option, Stream } from "effect"

/** A place, and the images of it that a search for the satellite has found. */
export interface Place {
  readonly projectId: ProjectId
  readonly satelliteId: SatelliteId
  readonly name: string
  readonly geometry: Geometry.Input
  readonly itemIds: ReadonlyArray<string>
}

/** Prepares the images of a place, and saves their mosaics to a file. */
export const placeToFiles = (place: Place, path: string) =>
  Effect.gen(function* () {
    const aois = yield* AoisApi
    const assets = yield* AssetsApi

    const aoi = yield* aois.createAndWait({
      ...place,
      description: "Images of a place.",
      provider: "pixxel",
      timeout: "2 hours",
      onChange: ({ progress, status }) =>
        Effect.logInfo(`${Option.getOrElse(status, () => "?")}, ${Option.getOrElse(progress, () => 0)} %`)
    })
    if (aoi.isPartial) yield* Effect.logWarning("Some images are missing.")

    // an asset has a status of its own, and only a success can be downloaded
    const mosaics = yield* assets.listAll({ aoiId: aoi.id }).pipe(
      Stream.filter(({ outcome, type }) => outcome === "succeeded" && Option.contains(type, "mosaic")),
      Stream.runCollect
    )
    const assetIds = Chunk.toReadonlyArray(mosaics).map(({ id }) => id)
    const source = AssetsApi.source({ aoiId: aoi.id, assetIds })
    return { aoi, assetIds, file: yield* Download.toFile({ source, path }) }
  })
