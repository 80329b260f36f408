/** From a place to pictures: an index of the platform over the AOI of a place, as one PNG file for each day. */
import { FileSystem, Path } from "@effect/platform"
import { type AoiId, AoisApi, IndicesApi, type Mode, VisualizationsApi } from "@effect-pixxel/client"
import { Effect, Option, Stream } from "effect"

/** An AOI that has ended, as `placeToFiles` makes one, and an index of its satellite, such as NDVI. */
export interface Wanted {
  readonly aoiId: AoiId
  readonly index: string
  readonly mode: Mode
}

/** Makes the pictures of an index over an AOI, and saves them to a folder that exists. */
export const placeToPicture = ({ aoiId, index, mode }: Wanted, folder: string) =>
  Effect.gen(function* () {
    const aois = yield* AoisApi
    const indices = yield* IndicesApi
    const visualizations = yield* VisualizationsApi
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path

    const { satelliteId } = yield* aois.get({ aoiId })
    const presets = indices.listAll({ satelliteId: Option.getOrUndefined(satelliteId), type: "preset" })
    const { id: indexId } = yield* presets.pipe(
      Stream.filter(({ name }) => Option.contains(name, index)),
      Stream.runHead,
      Effect.flatten
    )

    const { id: visualizationId } = yield* visualizations.create({ aoiId, indexId }).pipe(
      // an earlier run has created it
      Effect.catchTag("PixxelConflict", (conflict) =>
        visualizations.listAll({ aoiId, indexId }).pipe(Stream.runHead, Effect.flatMap(Effect.mapError(() => conflict)))
      )
    )
    const { isPartial } = yield* visualizations.wait({ aoiId, visualizationId, timeout: "1 hour" })
    if (isPartial) yield* Effect.logWarning("Some days are missing.")

    const dates = yield* visualizations.dates({ aoiId, visualizationId })
    return yield* Effect.forEach(dates, (date) =>
      Effect.gen(function* () {
        const bytes = yield* visualizations.png({ aoiId, visualizationId, indexId, date, mode })
        const file = path.join(folder, `${index} ${date}.png`)
        yield* fs.writeFile(file, bytes)
        return file
      })
    )
  })
