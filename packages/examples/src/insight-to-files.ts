/** From an AOI to the files of an insight: a block, its inputs checked, a limit of its cost, and one run that is paid. */
import {
  type AoiId,
  AssetsApi,
  BlocksApi,
  DataTypes,
  Download,
  InsightsApi,
  type ProjectId
} from "@effect-pixxel/client"
import { Effect, Option, Stream } from "effect"

/** A block to run on the mosaic of an AOI that has ended, as `placeToFiles` makes one. */
export interface Analysis {
  readonly projectId: ProjectId
  readonly aoiId: AoiId
  readonly block: { readonly name: string; readonly version: string }
  /** The input of the block that takes the mosaic. */
  readonly image: string
  /** The values of its other inputs. */
  readonly values: DataTypes.Values
  /** The most tokens that it may cost. */
  readonly maxCost: number
}

/** Runs a block on an AOI, and saves its results to a file. */
export const insightToFiles = ({ aoiId, block, image, maxCost, projectId, values }: Analysis, path: string) =>
  Effect.gen(function* () {
    const blocks = yield* BlocksApi
    const assets = yield* AssetsApi
    const insights = yield* InsightsApi

    const { inputs: template } = yield* blocks.get(block)
    const mosaic = yield* assets.listAll({ aoiId }).pipe(
      Stream.filter(({ outcome, type }) => outcome === "succeeded" && Option.contains(type, "mosaic")),
      Stream.runHead,
      Effect.flatten
    )
    // a block refuses wrong inputs only after they are paid for
    const inputs = yield* DataTypes.fill(template, { ...values, [image]: mosaic }, { aoiId })

    const { id: insightId } = yield* insights.create({ aoiId, projectId, block, inputs, maxCost })
    const insight = yield* insights.wait({
      aoiId,
      insightId,
      timeout: "2 hours",
      onChange: ({ progress, status }) =>
        Effect.logInfo(`${Option.getOrElse(status, () => "?")}, ${Option.getOrElse(progress, () => 0)} %`)
    })
    const source = InsightsApi.source({ aoiId, insightId })
    return { insight, file: yield* Download.toFile({ source, path }) }
  })
