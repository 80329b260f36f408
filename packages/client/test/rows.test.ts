import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Pixxel, PixxelInvalidInput, StoreId } from "../src/index.js"
import { call, callOnce } from "../src/internal/call.js"
import { Connection } from "../src/internal/connection.js"
import { endpoint } from "../src/internal/endpoint.js"
import { checkInput } from "../src/internal/invalid.js"
import * as paging from "../src/internal/paging.js"
import * as payload from "../src/internal/payload.js"
import * as query from "../src/internal/query.js"
import { service } from "../src/internal/service.js"
import * as success from "../src/internal/success.js"
import { type Answer, json, once, scripted, status, token } from "./scripted.js"

const CollectionId = Schema.String.pipe(Schema.brand("CollectionId"))

const row = { operation: "op", name: "Test.op", cost: "none", repeat: "safe" } as const

const ping = endpoint({ ...row, method: "GET", path: "/ping", auth: false, success: success.jsonText })

const list = endpoint({
  ...row,
  method: "GET",
  path: "/v0/things/{cid}",
  params: { cid: CollectionId },
  query: {
    ids: query.commas("ids"),
    tags: query.repeated("tag"),
    since: query.time("since"),
    day: query.day("day"),
    isOpen: query.flag("open"),
    projectId: query.required(query.text("project_id"))
  },
  success: success.jsonText
})

const remove = endpoint({
  ...row,
  method: "DELETE",
  path: "/v0/stores/{id}",
  params: { id: StoreId },
  success: success.empty,
  repeat: "gone",
  gone: [404, 400]
})

const store = endpoint({
  ...row,
  method: "POST",
  path: "/v0/stores",
  body: {
    name: payload.text("name"),
    ...payload.within("secrets", { key: payload.secret("access_key") })
  },
  success: success.jsonText,
  repeat: "once"
})

const png = endpoint({
  ...row,
  method: "POST",
  path: "/v0/png",
  success: success.bytes("image/png", [0x89, 0x50, 0x4e, 0x47])
})

const report = endpoint({ ...row, method: "GET", path: "/v0/reports", success: success.text("text/csv") })

const over = (answers: ReadonlyArray<Answer>, options?: Partial<Pixxel.Options>) => {
  const { layer, seen } = scripted(
    answers.map((answer) => () => answer),
    options
  )
  return { layer, seen, connection: Effect.provide(Connection, layer) }
}

describe("a row", () => {
  it.effect("sends no token without auth", () =>
    Effect.gen(function* () {
      const { connection, seen } = over([json("pong")])
      assert.strictEqual(yield* call(yield* connection, ping, {}), "pong")
      assert.isFalse(seen[0]?.headers.has("authorization"))
    })
  )

  it.effect("encodes its query: lists, times, days and flags", () =>
    Effect.gen(function* () {
      const { connection, seen } = over([json("")])
      const at = DateTime.unsafeMake("2026-03-01T12:00:00Z")
      const input = {
        collectionId: CollectionId.make("a/b"),
        projectId: "p",
        ids: ["1", "2"],
        tags: ["x", "y"],
        since: at,
        day: at
      }
      yield* call(yield* connection, list, { ...input, isOpen: true })
      const { pathname, searchParams } = new URL(seen[0]!.url)
      assert.strictEqual(pathname, "/v0/things/a%2Fb")
      assert.deepStrictEqual(
        [...searchParams],
        [
          ["ids", "1,2"],
          ["tag", "x"],
          ["tag", "y"],
          ["since", "2026-03-01T12:00:00Z"],
          ["day", "2026-03-01"],
          ["open", "true"],
          ["project_id", "p"]
        ]
      )
    })
  )

  const csv = "order,tokens\n1,20\n"
  const image = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10])
  const page = "<!doctype html><title>Sign in</title>"

  it.effect("reads text, bytes and nothing, with their media types in Accept", () =>
    Effect.gen(function* () {
      const { connection, seen } = over([
        new Response(csv),
        new Response(image, { headers: { "content-type": "image/png" } }),
        new Response(null, { status: 204 })
      ])
      const http = yield* connection
      assert.strictEqual(yield* call(http, report, {}), csv)
      assert.deepStrictEqual(yield* call(http, png, {}), image)
      assert.isUndefined(yield* call(http, remove, { storeId: StoreId.make("s") }))
      assert.deepStrictEqual(
        seen.map(({ headers }) => headers.get("accept")),
        ["text/csv", "image/png", "application/json"]
      )
    })
  )

  for (const [kind, calling, body] of [
    ["JSON as an image", png, JSON.stringify({ error: { code: "X" } })],
    ["a page as an image", png, page],
    ["a page as CSV", report, page],
    ["JSON as CSV", report, JSON.stringify({ error: { code: "X" } })]
  ] as const) {
    it.effect(`refuses ${kind}`, () =>
      Effect.gen(function* () {
        const { connection } = over([new Response(body, { headers: { "content-type": calling.success.accept } })], once)
        const error = yield* Effect.flip(call<unknown, object>(yield* connection, calling, {}))
        assert.strictEqual(error._tag, "PixxelDecodeError")
      })
    )
  }

  it.effect("decides by the status first, under any media type", () =>
    Effect.gen(function* () {
      const refusal = json(
        { error: { code: "NO", message: "no" } },
        { status: 403, headers: { "content-type": "image/png" } }
      )
      const error = yield* Effect.flip(call(yield* over([refusal], once).connection, png, {}))
      assert.isTrue(error._tag === "PixxelForbidden" && Option.contains(error.code, "NO"))
    })
  )

  it.effect("reveals secrets of its body only to the transport", () =>
    Effect.gen(function* () {
      const secret = "cloud-secret-5ca1ab1e"
      const bodies: Array<string> = []
      const { layer } = scripted([], once, async (_, init) => {
        bodies.push(await new Response(init?.body).text())
        assert.strictEqual(new Headers(init?.headers).get("content-type"), "application/json")
        return json({ error: { message: `bad key ${secret}` } }, { status: 400 })
      })
      const http = yield* Effect.provide(Connection, layer)
      const input = { name: "s", key: Redacted.make(secret) }
      const error = yield* Effect.flip(callOnce(http, store, input, (it) => it))
      assert.deepStrictEqual(bodies, [JSON.stringify({ name: "s", secrets: { access_key: secret } })])
      assert.notInclude(JSON.stringify(error), secret)
    })
  )

  it.effect("that must not be repeated is sent once", () =>
    Effect.gen(function* () {
      const { connection, seen } = over([status(502)])
      yield* Effect.flip(callOnce(yield* connection, store, { name: "s", key: Redacted.make(token) }, (it) => it))
      assert.lengthOf(seen, 1)
    })
  )

  for (const [name, answers, isDone] of [
    ["404 of a repeat is success", [status(502), status(404)], true],
    ["400 of a repeat is success where the row says so", [status(502), status(400)], true],
    ["404 of the first attempt is not", [status(404)], false],
    ["404 after a 429 is not", [status(429), status(404)], false],
    ["403 of a repeat is not", [status(502), status(403)], false]
  ] as const) {
    it.live(`that deletes: ${name}`, () =>
      Effect.gen(function* () {
        const { connection } = over(answers, { retry: { baseDelay: 0 } })
        const exit = yield* Effect.exit(call(yield* connection, remove, { storeId: StoreId.make("s") }))
        assert.strictEqual(exit._tag === "Success", isDone)
      })
    )
  }
})

describe("a service", () => {
  it.effect("makes what its methods share once, with its layer", () =>
    Effect.gen(function* () {
      let made = 0
      const table = Effect.sync(() => {
        const shared = ++made
        return { ping: () => () => Effect.succeed(shared), name: () => () => `${shared}` }
      })
      class Numbered extends service<Numbered>()("Numbered", table) {}
      const use = Effect.all([Effect.flatMap(Numbered, (it) => it.ping()), Effect.map(Numbered, (it) => it.name())])
      const { layer } = over([])
      const both = Effect.provide(Effect.zip(use, use), Layer.provide(Numbered.layer, layer))
      assert.deepStrictEqual(yield* both, [
        [1, "1"],
        [1, "1"]
      ])
      assert.deepStrictEqual(yield* Effect.provide(use, Layer.provide(Numbered.layer, layer)), [2, "2"])
    })
  )
})

describe("an input", () => {
  it.effect("that differs is not sent, and named by its path", () =>
    Effect.gen(function* () {
      const difference = { path: "geometry", found: "a text", expected: "a polygon" }
      const error = yield* Effect.flip(checkInput(store, [difference]))
      assert.instanceOf(error, PixxelInvalidInput)
      assert.strictEqual(error.message, "Test.op was not sent: geometry is a text where a polygon is needed.")
      assert.isFalse(error.isRetryable)
      yield* checkInput(store, [])
    })
  )
})

describe("pages by number", () => {
  const items = [0, 1, 2, 3, 4].map((index) => ({ id: String(index) }))
  for (const base of [0, 1]) {
    for (const count of [Option.none<number>(), Option.some(5)]) {
      it.effect(`that begin at ${base} are read once, ${Option.isSome(count) ? "with" : "without"} a count`, () =>
        Effect.gen(function* () {
          const asked: Array<number | undefined> = []
          const stream = paging.all(paging.numbers(2), {}, ({ page }) => {
            asked.push(page)
            const first = ((page ?? base) - base) * 2
            return Effect.succeed({ page: { count }, items: items.slice(first, first + 2), unreadable: 0 })
          })
          assert.deepStrictEqual(Chunk.toReadonlyArray(yield* Stream.runCollect(stream)), items)
          assert.deepStrictEqual(asked, base === 0 ? [undefined, 1, 2] : [undefined, 1, 2, 3])
        })
      )
    }
  }
})
