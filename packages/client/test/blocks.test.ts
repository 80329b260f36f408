import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Block, BlocksApi, type Drift } from "../src/index.js"
import { transports, world } from "./integration/world.js"
import { type Answer, json, once, scripted } from "./scripted.js"

const namesOf = (blocks: ReadonlyArray<Block>) =>
  blocks.map(({ name, version }) => `${Option.getOrThrow(name)} ${Option.getOrThrow(version)}`)

const priceOf = ({ spec }: Block) => Option.flatMap(spec, ({ price }) => price)

describe.each(transports)("blocks, %s", (transport) => {
  const over = <A, E>(
    use: (blocks: typeof BlocksApi.Service) => Effect.Effect<A, E>,
    quirks: { readonly blocks?: "guide"; readonly emptyLists?: "null" } = {}
  ) => {
    const drifts: Array<Drift.Drift> = []
    const onDrift = (drift: Drift.Drift) => Effect.sync(() => void drifts.push(drift))
    return Effect.flatMap(BlocksApi, use).pipe(
      Effect.provide(Layer.fresh(world(transport, { onDrift, quirks }))),
      Effect.tap(() => assert.isEmpty(drifts))
    )
  }

  const tagOf = (use: Parameters<typeof over>[0], quirks?: Parameters<typeof over>[1]) =>
    Effect.map(Effect.flip(over(use, quirks)), (error) => Object(error)._tag)

  const lists: ReadonlyArray<[BlocksApi.ListInput | undefined, ReadonlyArray<string>]> = [
    [undefined, ["cropclassification 1.0.0", "cropclassification 1.1.0", "waterquality 1.0.0"]],
    [{ mode: "insight" }, ["cropclassification 1.0.0", "cropclassification 1.1.0", "waterquality 1.0.0"]],
    [{ form: "official", mode: "workflow" }, ["cropclassification 1.0.0", "waterquality 1.0.0"]]
  ]
  it.effect.each(lists)("are listed by their mode: %j", ([input, expected]) =>
    Effect.map(
      over((it) => it.list(input)),
      (found) => assert.deepStrictEqual(namesOf(found), expected)
    )
  )

  const guided: ReadonlyArray<[BlocksApi.ListInput, ReadonlyArray<string>]> = [
    [{ form: "guide", mode: "workflow" }, ["cropclassification 1.0.0", "waterquality 1.0.0"]],
    [{ form: "guide", mode: "insight", name: "cropclassification" }, lists[1]![1].slice(0, 2)],
    [{ form: "guide", mode: "insight", name: "cropclassification", version: "1.1.0" }, ["cropclassification 1.1.0"]],
    [{ form: "guide", mode: "insight", name: "burnseverity" }, []]
  ]
  it.effect.each(guided)("are listed in the form of the guide, which has prices: %j", ([input, expected]) =>
    Effect.map(
      over((it) => it.list(input), { blocks: "guide" }),
      (found) => {
        assert.deepStrictEqual(namesOf(found), expected)
        assert.isTrue(found.every((block) => Option.isSome(priceOf(block))))
      }
    )
  )

  it.effect("have a price only in the form of the guide", () =>
    Effect.map(
      over((it) => it.list()),
      (found) => assert.deepStrictEqual(found.map(priceOf), [Option.none(), Option.none(), Option.none()])
    )
  )

  it.effect("of the guide are unknown names of the reference, at the path of the versions of a block", () =>
    Effect.gen(function* () {
      const guide = yield* tagOf((it) => it.list({ form: "guide", mode: "insight" }))
      const reference = yield* tagOf((it) => it.versions({ name: "insights" }))
      assert.deepStrictEqual([guide, reference], ["PixxelNotFound", "PixxelNotFound"])
      const hidden = yield* over((it) => it.versions({ name: "insights" }), { blocks: "guide" })
      assert.lengthOf(hidden, 3)
    })
  )

  it.effect("have their versions, oldest first", () =>
    Effect.map(
      over((it) => it.versions({ name: "cropclassification" })),
      (found) => assert.deepStrictEqual(namesOf(found), ["cropclassification 1.0.0", "cropclassification 1.1.0"])
    )
  )

  it.effect("are read without an envelope, with the templates of their inputs and outputs", () =>
    Effect.gen(function* () {
      const block = yield* over((it) => it.get({ name: "cropclassification", version: "1.1.0" }))
      assert.deepStrictEqual(block.status, Option.some("released"))
      assert.deepStrictEqual(
        block.inputs.map(({ _tag, name }) => [Option.getOrThrow(name), _tag]),
        [
          ["input_image", "Raster"],
          ["start_date", "Date"],
          ["end_date", "Date"],
          ["min_area", "Number"],
          ["season", "Text"]
        ]
      )
      const [image, , , area] = block.inputs
      assert(image?._tag === "Raster" && area?._tag === "Number")
      assert.deepStrictEqual(image.bands, ["B02", "B03", "B04", "B08"])
      assert.deepStrictEqual(area.default, Option.some(0.5))
      assert.deepStrictEqual(
        block.outputs.map(({ _tag }) => _tag),
        ["Raster", "Tabular"]
      )
    })
  )

  it.effect("of unknown names and versions are refused", () =>
    Effect.gen(function* () {
      const other = { name: "cropclassification", version: "9.0.0" }
      assert.strictEqual(yield* tagOf((it) => it.get(other)), "PixxelNotFound")
      assert.strictEqual(yield* tagOf((it) => it.get({ ...other, name: "crops" })), "PixxelNotFound")
      const mode = "insights" as "insight" // as JavaScript may call it
      assert.strictEqual(yield* tagOf((it) => it.list({ mode })), "PixxelBadRequest")
    })
  )
})

describe("blocks of an odd server", () => {
  const over = <A, E>(answer: () => Answer, use: (blocks: typeof BlocksApi.Service) => Effect.Effect<A, E>) => {
    const { layer, seen } = scripted([answer], { ...once, onDrift: () => Effect.void })
    return Effect.flatMap(BlocksApi, use).pipe(
      Effect.provide(layer),
      Effect.map((result) => ({ result, urls: seen.map(({ url }) => new URL(url).pathname + new URL(url).search) }))
    )
  }

  const empty: ReadonlyArray<unknown> = [{ blocks: [] }, { blocks: null }, {}]
  it.effect.each(empty)("may be none: %j", (body) =>
    Effect.map(
      over(
        () => json(body),
        (it) => it.list()
      ),
      ({ result }) => assert.deepStrictEqual(result, [])
    )
  )

  it.effect("have a status of a number and of a word, and no id", () =>
    Effect.gen(function* () {
      const { result } = yield* over(
        () => json({ block_status: "deprecated", spec: { status: 3, name: "old" } }),
        (it) => it.get({ name: "old", version: "v1.0.0" })
      )
      assert.deepStrictEqual(result.status, Option.some("deprecated"))
      assert.deepStrictEqual(
        Option.flatMap(result.spec, ({ status }) => status),
        Option.some(3)
      )
      assert.deepStrictEqual([result.id, result.inputs], [Option.none(), []])
    })
  )

  it.effect("have their inputs by the name of the guide, of kinds that no page has", () =>
    Effect.gen(function* () {
      const input = [{ name: "cube", format: "datacube", value: { axes: 3 } }, 7, { name: "loose" }]
      const { result } = yield* over(
        () => json({ blocks: [{ spec: { name: "new", input, supported_collections_id: "a" } }] }),
        (it) => it.versions({ name: "new" })
      )
      const [cube, loose] = result[0]?.inputs ?? []
      assert(cube?._tag === "Other" && loose?._tag === "Other")
      assert.deepStrictEqual([cube.format, cube.value], [Option.some("datacube"), Option.some({ axes: 3 })])
      assert.deepStrictEqual(
        result.flatMap(({ spec }) => Option.toArray(spec)).map((it) => it.supportedCollectionIds),
        [["a"]]
      )
    })
  )

  it.effect("are none in the integers of the documented sample", () =>
    Effect.gen(function* () {
      const { result } = yield* over(
        () => json({ id: "<string>", spec: { name: "<string>", inputs: [123], outputs: [0], status: 123 } }),
        (it) => it.get({ name: "a", version: "1" })
      )
      assert.deepStrictEqual([result.inputs, result.outputs], [[], []])
    })
  )

  it.effect("are asked for at the paths of either form", () =>
    Effect.gen(function* () {
      const answer = () => json({ blocks: [] })
      const official = yield* over(answer, (it) => it.list({ mode: "insight" }))
      const guide = yield* over(answer, (it) => it.list({ form: "guide", mode: "workflow", name: "a b" }))
      assert.deepStrictEqual(
        [...official.urls, ...guide.urls],
        ["/v0/blocks?mode=insight", "/v0/blocks/workflows?name=a+b"]
      )
    })
  )
})
