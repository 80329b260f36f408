import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { OrdersApi } from "../src/index.js"
import { json, once, scripted } from "./scripted.js"

const report = (answer: () => Response, timeZone?: string) => {
  const { layer, seen } = scripted([answer], once)
  const call = Effect.flatMap(OrdersApi, (orders) => orders.report({ timeZone }))
  return { seen, call: Effect.provide(call, layer) }
}

const csv = "order,tokens\r\norder-1,20\r\n"

describe("a report of orders", () => {
  it.effect("is the text as it came", () =>
    Effect.gen(function* () {
      const { call, seen } = report(() => new Response(csv, { headers: { "content-type": "text/plain" } }))
      assert.strictEqual(yield* call, csv)
      const [{ headers, url } = { headers: new Headers(), url: "" }] = seen
      assert.deepStrictEqual([url, headers.get("accept")], ["https://api.pixxel.space/v0/reports", "text/csv"])
    })
  )

  it.effect("is in the given time zone", () =>
    Effect.gen(function* () {
      const { call, seen } = report(() => new Response(csv), "Europe/Paris")
      yield* call
      assert.deepStrictEqual(
        seen.map(({ url }) => new URL(url).search),
        ["?tz=Europe%2FParis"]
      )
    })
  )

  it.effect("is not requested in an unknown time zone", () =>
    Effect.gen(function* () {
      const { call, seen } = report(() => new Response(csv), "Mars/Olympus")
      const error = yield* Effect.flip(call)
      assert(error._tag === "PixxelInvalidInput")
      assert.deepStrictEqual([error.path, error.found], ["timeZone", '"Mars/Olympus"'])
      assert.isEmpty(seen)
    })
  )

  const refusal = JSON.stringify({ error: { code: "bad_tz", message: "no such zone" } })
  for (const type of ["text/csv", "application/json"]) {
    it.effect(`has its refusal read as JSON under ${type}`, () =>
      Effect.gen(function* () {
        const { call } = report(() => new Response(refusal, { status: 400, headers: { "content-type": type } }))
        const error = yield* Effect.flip(call)
        assert(error._tag === "PixxelBadRequest")
        assert.deepStrictEqual(error.code, Option.some("bad_tz"))
      })
    )
  }

  it.effect("has its refusal as a text", () =>
    Effect.gen(function* () {
      const { call } = report(() => new Response("no such zone", { status: 400 }))
      const error = yield* Effect.flip(call)
      assert(error._tag === "PixxelBadRequest")
      assert.deepStrictEqual(error.body, Option.some("no such zone"))
    })
  )

  it.effect("is no JSON with the status of a success", () =>
    Effect.gen(function* () {
      const { call } = report(() => json({ error: { message: "no" } }))
      assert.strictEqual((yield* Effect.flip(call))._tag, "PixxelDecodeError")
    })
  )
})
