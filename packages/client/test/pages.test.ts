import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { WorkflowsApi } from "../src/index.js"
import { json, projectId, type Seen, scripted } from "./scripted.js"

const item = (index: number): unknown => ({ id: `wf-${index}` })
const offsetOf = ({ url }: Seen) => Number(new URL(url).searchParams.get("offset"))

/** A server with `count` workflows, in pages of two. */
const server = (items: ReadonlyArray<unknown>, page: (slice: ReadonlyArray<unknown>, offset: number) => object) => {
  const ref: { seen: ReadonlyArray<Seen> } = { seen: [] }
  const script = [
    () => {
      const offset = offsetOf(ref.seen[ref.seen.length - 1]!)
      return json(page(items.slice(offset, offset + 2), offset))
    }
  ]
  const { layer, seen } = scripted(script, { onDrift: () => Effect.void })
  ref.seen = seen
  return { layer, seen }
}

const idsFrom = (layer: ReturnType<typeof server>["layer"], take = 100) =>
  Effect.flatMap(WorkflowsApi, (api) => Stream.runCollect(Stream.take(api.listAll({ limit: 2 }), take))).pipe(
    Effect.map((found) => Chunk.toReadonlyArray(found).map(({ id }) => String(id))),
    Effect.provide(layer)
  )

const five = [0, 1, 2, 3, 4].map(item)
const all = ["wf-0", "wf-1", "wf-2", "wf-3", "wf-4"]

describe("listAll", () => {
  it.effect.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "dies of a limit of %s before a request",
    (limit) =>
      Effect.gen(function* () {
        const { layer, seen } = server(five, (workflows) => ({ workflows }))
        const all = Effect.flatMap(WorkflowsApi, (api) => Stream.runDrain(api.listAll({ limit })))
        const cause = yield* Effect.sandbox(all).pipe(Effect.flip, Effect.provide(layer))
        assert.match(
          String(Cause.squash(cause)),
          new RegExp(`^RangeError: The option limit is ${limit}: expected a whole number of at least 1$`)
        )
        assert.lengthOf(seen, 0)
      })
  )

  const honest: ReadonlyArray<readonly [string, (slice: ReadonlyArray<unknown>, offset: number) => object, number]> = [
    ["a total", (workflows, offset) => ({ workflows, pagination: { limit: 2, offset, total: 5 } }), 3],
    ["no pagination", (workflows) => ({ workflows }), 3],
    ["a false total of zero", (workflows) => ({ workflows, pagination: { total: 0 } }), 3],
    ["too large a total", (workflows) => ({ workflows, pagination: { total: 1e9 } }), 4],
    [
      "null for the page after the last",
      (workflows) => ({ workflows: workflows.length === 0 ? null : workflows, pagination: { total: 9 } }),
      4
    ]
  ]
  for (const [name, page, calls] of honest) {
    it.effect(`reads all pages with ${name}`, () =>
      Effect.gen(function* () {
        const { layer, seen } = server(five, page)
        assert.deepStrictEqual(yield* idsFrom(layer), all)
        assert.lengthOf(seen, calls)
      })
    )
  }

  it.effect("fetches pages on demand", () =>
    Effect.gen(function* () {
      const { layer, seen } = server(five, (workflows) => ({ workflows }))
      assert.deepStrictEqual(yield* idsFrom(layer, 2), ["wf-0", "wf-1"])
      assert.lengthOf(seen, 1)
    })
  )

  it.effect("does not skip items after unreadable ones", () =>
    Effect.gen(function* () {
      const { layer, seen } = server([item(0), 123, null, {}, item(4)], (workflows) => ({ workflows }))
      assert.deepStrictEqual(yield* idsFrom(layer), ["wf-0", "wf-4"])
      assert.deepStrictEqual(seen.map(offsetOf), [0, 2, 4])
    })
  )

  it.effect("accepts pages smaller than requested", () =>
    Effect.gen(function* () {
      const { layer } = server(five, (workflows) => ({ workflows: workflows.slice(0, 1), pagination: { limit: 1 } }))
      assert.deepStrictEqual(yield* idsFrom(layer), all)
    })
  )

  const endless: ReadonlyArray<readonly [string, () => object]> = [
    ["ignores the offset", () => ({ workflows: [item(0), item(1)] })],
    ["ignores the offset and promises more", () => ({ workflows: [item(0), item(1)], pagination: { total: 1e9 } })],
    ["sends rubbish", () => ({ workflows: [null, null], pagination: { total: 1e9 } })]
  ]
  for (const [name, page] of endless) {
    it.effect(`ends even if the server ${name} without end`, () =>
      Effect.gen(function* () {
        const { layer, seen } = server(five, page)
        yield* idsFrom(layer)
        assert.lengthOf(seen, 2)
      })
    )
  }
})

describe("list", () => {
  it.effect("sends the filters as documented, and returns one page", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([
        () => json({ workflows: five, pagination: { limit: 50, offset: 0, total: 5 } })
      ])
      const page = yield* Effect.flatMap(WorkflowsApi, (api) =>
        api.list({ projectId, name: "crop & water", createdOn: DateTime.unsafeMake("2025-04-14T00:00:00Z"), limit: 7 })
      ).pipe(Effect.provide(layer))
      assert.lengthOf(page.workflows, 5)
      assert.deepStrictEqual(
        Option.flatMap(page.pagination, ({ total }) => total),
        Option.some(5)
      )
      assert.deepStrictEqual(
        [...new URL(seen[0]!.url).searchParams],
        [
          ["project_id", "project-1"],
          ["name", "crop & water"],
          ["created_on", "2025-04-14T00:00:00Z"],
          ["limit", "7"]
        ]
      )
    })
  )
})
