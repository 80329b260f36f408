/** The downloads of assets of scripted servers: the traps of their operations. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { AoiId, AssetId, AssetsApi, Download } from "../src/index.js"
import { type Answer, json, scripted, status } from "./scripted.js"

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
  it.effect("is not sent without assets", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([created])
      const api = yield* Effect.provide(AssetsApi, layer)
      const error = yield* Effect.flip(api.requestDownload({ ...assets, assetIds: [] }))
      assert.strictEqual(error._tag, "PixxelInvalidInput")
      assert.deepStrictEqual(seen, [])
    })
  )
})
