/** The assets of scripted servers: the traps of their operations. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { AoiId, Asset, AssetId, AssetsApi, Download } from "../src/index.js"
import { type Answer, json, once, scripted, status } from "./scripted.js"

const assets = { aoiId: AoiId.make("aoi-1"), assetIds: [AssetId.make("asset-1"), AssetId.make("asset-2")] }
const download = (word: string, url = "") => json({ download_id: "d-1", status: word, signed_url: url })
const created = () => download("created")

/** Asks for the URL of the assets over a script; the outcome is the URL, or the tag of the error. */
const asking = (script: ReadonlyArray<() => Answer>) => {
  const { layer, seen } = scripted(script)
  return Effect.gen(function* () {
    const fiber = yield* Effect.fork(
      Download.signedUrl({ source: AssetsApi.source(assets) }, { timeout: "1 hour" }).pipe(
        Effect.match({
          onSuccess: (url) => Redacted.value(url),
          onFailure: ({ _tag, message }) => `${_tag}: ${message}`
        })
      )
    )
    yield* TestClock.adjust("2 hours")
    return { outcome: yield* Fiber.join(fiber), sent: seen.map(({ method }) => method).join(" ") }
  }).pipe(Effect.provide(layer))
}

const url = "https://files.test/a?s=1"

const rows: ReadonlyArray<
  readonly [what: string, script: ReadonlyArray<() => Answer>, outcome: string | RegExp, sent: string]
> = [
  ["SUCCESS and a URL", [created, created, () => download("SUCCESS", url)], url, "POST GET GET"],
  ["success in small letters", [created, () => download("success", url)], url, "POST GET"],
  [
    "no URL that comes before the success",
    [created, () => download("in_progress", url), () => download("SUCCESS", url)],
    url,
    "POST GET GET"
  ],
  [
    "a wait for the URL after SUCCESS",
    [created, () => download("SUCCESS"), () => download("SUCCESS", url)],
    url,
    "POST GET GET"
  ],
  [
    "unknown words as pending",
    [created, () => download("packing"), () => download("SUCCESS", url)],
    url,
    "POST GET GET"
  ],
  [
    "a second request after a lost answer",
    [() => status(504), created, () => download("SUCCESS", url)],
    url,
    "POST POST GET"
  ],
  ["a 404 of a replica as pending", [created, () => status(404), () => download("SUCCESS", url)], url, "POST GET GET"],
  ["the failure of a download", [created, () => download("failed")], /^DownloadError: .* ended as failed/, "POST GET"]
]

describe("the URL of assets", () => {
  for (const [what, script, outcome, sent] of rows) {
    it.effect(`takes ${what}`, () =>
      Effect.gen(function* () {
        const result = yield* asking(script)
        assert.strictEqual(result.sent, sent)
        if (typeof outcome === "string") assert.strictEqual(result.outcome, outcome)
        else assert.match(result.outcome, outcome)
      })
    )
  }
})

describe("a request for a download", () => {
  it.effect.each([{ ids: [] }, { ids: ["a", "b", "a"] }])("is not sent with the assets $ids", ({ ids }) =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([created])
      const api = yield* Effect.provide(AssetsApi, layer)
      const error = yield* Effect.flip(api.requestDownload({ ...assets, assetIds: ids.map((id) => AssetId.make(id)) }))
      assert.strictEqual(error._tag, "PixxelInvalidInput")
      assert.deepStrictEqual(seen, [])
    })
  )
})

/** Lists all assets over a script. */
const listing = (script: ReadonlyArray<() => Answer>, input: { readonly limit?: number } = {}) => {
  const { layer, seen } = scripted(script, once)
  return Effect.gen(function* () {
    const api = yield* AssetsApi
    const all = Chunk.toReadonlyArray(yield* Stream.runCollect(api.listAll({ aoiId: assets.aoiId, ...input })))
    return { all, urls: seen.map(({ url }) => url.replace(/^.*aoi-1/, "")) }
  }).pipe(Effect.provide(layer))
}

const page = (...items: ReadonlyArray<object>) => json({ assets: items, pagination: { limit: 2, offset: 0, total: 3 } })

describe("assets", () => {
  it.effect("have a time with a space, a day, and a status of their own", () =>
    Effect.gen(function* () {
      const sent = { id: "a", status: "partial_success", date: "2025-06-14", created_at: "2025-06-16 04:00:00.5+00:00" }
      const { all } = yield* listing([() => page(sent)])
      assert.deepStrictEqual(
        all.map(({ createdAt, date, outcome }) => [
          Option.map(createdAt, DateTime.formatIso),
          Option.map(date, DateTime.formatIso),
          outcome
        ]),
        [[Option.some("2025-06-16T04:00:00.500Z"), Option.some("2025-06-14T00:00:00.000Z"), "succeeded"]]
      )
    })
  )

  const words = [
    ["creating", "pending"],
    ["started", "pending"],
    ["success", "succeeded"],
    ["failed", "failed"],
    ["polishing", "pending"]
  ] as const
  it.effect.each(words)("that are %s are %s", ([word, outcome]) =>
    Effect.gen(function* () {
      const { all } = yield* listing([() => page({ id: "a", status: word })])
      assert.deepStrictEqual([all[0]?.status, all[0]?.outcome], [Option.some(word), outcome])
    })
  )

  const paths = ["https://files.test/a.tif?signature=5ca1ab1e", "s3://bucket/a.tif?signature=5ca1ab1e"]
  it.effect.each(paths)("never show their path %s", (path) =>
    Effect.gen(function* () {
      const { all } = yield* listing([() => page({ id: "a", path })])
      const [asset = new Asset({ id: AssetId.make("none") })] = all
      assert.deepStrictEqual(Option.map(asset.path, Redacted.value), Option.some(path))
      assert.deepInclude(Schema.encodeSync(Asset)(asset), { path: "<redacted>" })
      assert.notInclude(`${asset} ${JSON.stringify(asset)}`, "5ca1ab1e")
    })
  )

  it.effect("are listed in pages of a limit, of which the next begins after the last", () =>
    Effect.gen(function* () {
      const { all, urls } = yield* listing([() => page({ id: "a" }, { id: "b" }), () => page({ id: "c" })], {
        limit: 2
      })
      assert.deepStrictEqual(
        [all.map(({ id }) => String(id)).join(), urls],
        ["a,b,c", ["/assets?offset=0&limit=2", "/assets?offset=2&limit=2"]]
      )
    })
  )

  it.effect("are none in an empty page, and in a null", () =>
    Effect.gen(function* () {
      for (const assets of [[], null, undefined]) {
        assert.isEmpty((yield* listing([() => json({ assets, pagination: null })])).all)
      }
    })
  )
})
