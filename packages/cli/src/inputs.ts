/** The inputs of a block, as a command line gives them: `NAME=asset:ID`, `NAME=insight:ID/OUTPUT`, `NAME=file:PATH` or `NAME=VALUE`. */
import type { AoiId, DataType } from "@effect-pixxel/client"
import { AssetsApi } from "@effect-pixxel/client/assets/AssetsApi"
import { BlocksApi } from "@effect-pixxel/client/blocks/BlocksApi"
import * as DataTypes from "@effect-pixxel/client/DataTypes"
import { PixxelInvalidInput } from "@effect-pixxel/client/InputError"
import { InsightId } from "@effect-pixxel/client/insights/Insight"
import { InsightsApi } from "@effect-pixxel/client/insights/InsightsApi"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { nameOf, readJson } from "./jsonFile.js"

// only a command with inputs needs these
const services = Layer.mergeAll(AssetsApi.layer, BlocksApi.layer)

/** An input by its name, as the user wrote it. */
export type Given = readonly [name: string, value: string]

const invalid = (name: string, found: string, expected: string) =>
  new PixxelInvalidInput({
    operation: "createInsights",
    path: name,
    found,
    expected,
    message: `The insight was not sent: ${name} is ${found} where ${expected} is needed.`
  })

/** Finds an asset in the list of its AOI, since no operation gets one. */
const assetOf = (aoiId: AoiId, name: string, id: string) =>
  Effect.flatMap(AssetsApi, (api) => Stream.runHead(Stream.filter(api.listAll({ aoiId }), (it) => it.id === id))).pipe(
    Effect.flatMap(
      Option.match({
        onNone: () => Effect.fail(invalid(name, `no asset of AOI ${aoiId}: ${id}`, "an asset of this AOI")),
        onSome: Effect.succeed
      })
    )
  )

/** Finds an output of an insight: the one named, or the only one of the kind of the input. */
const outputOf = (aoiId: AoiId, name: string, text: string, template: DataType | undefined) =>
  Effect.gen(function* () {
    const [id = "", named] = text.split("/")
    const insight = yield* Effect.flatMap(InsightsApi, (api) => api.get({ aoiId, insightId: InsightId.make(id) }))
    const fitting = insight.outputs.filter(({ _tag }) => _tag === template?._tag)
    const [only, ...others] = fitting.flatMap(({ name }) => Option.toArray(name))
    const output = named ?? (others.length === 0 ? only : undefined)
    if (output !== undefined) return { insight, output }
    const names = insight.outputs.flatMap(({ name }) => Option.toArray(name)).join(", ")
    return yield* invalid(name, `insight:${id}`, `insight:${id}/OUTPUT with one of the outputs ${names || "(none)"}`)
  })

/** Fills the inputs of a block, and checks them before they cost anything. */
export const inputsOf = (aoiId: AoiId, block: Parameters<BlocksApi["Type"]["get"]>[0], given: ReadonlyArray<Given>) =>
  Effect.gen(function* () {
    const { inputs: templates } = yield* Effect.flatMap(BlocksApi, (api) => api.get(block))
    const values = yield* Effect.forEach(given, ([name, text]) =>
      Effect.gen(function* () {
        const [, kind, rest = ""] = /^(asset|insight|file):(.*)$/s.exec(text) ?? []
        const path = `--input ${name}`
        if (kind === "asset") return [name, yield* assetOf(aoiId, path, rest)] as const
        if (kind === "insight") {
          const template = Option.getOrUndefined(DataTypes.named(templates, name))
          return [name, yield* outputOf(aoiId, path, rest, template)] as const
        }
        if (kind === undefined) return [name, text] as const
        const json = yield* readJson(rest, () => invalid(path, `no JSON in ${nameOf(rest)}`, "GeoJSON"))
        // checked with the block
        return [name, json as DataTypes.Value] as const
      })
    )
    return yield* DataTypes.fill(templates, Object.fromEntries(values), { aoiId })
  }).pipe(Effect.provide(services))
