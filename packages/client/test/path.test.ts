import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import { character } from "../../../vitest.texts.js"
import { JobId, JobsApi } from "../src/index.js"
import { json, scripted, workflowId } from "./scripted.js"

const segmentsFor = (id: string) =>
  Effect.gen(function* () {
    const { layer, seen } = scripted([() => json({ id: "job-1" })])
    yield* Effect.flatMap(JobsApi, (jobs) => jobs.get({ workflowId, jobId: JobId.make(id) })).pipe(
      Effect.provide(layer)
    )
    const url = new URL(seen[0]!.url)
    assert.strictEqual(url.search + url.hash, "")
    return url.pathname.split("/")
  })

const route = (last: string) => ["", "v0", "workflows", "wf-1", "jobs", last]

describe("an id in a path", () => {
  it.effect("is one segment, with any content", () =>
    Effect.gen(function* () {
      const id = "a/../../admin?x=1#h"
      assert.deepStrictEqual(yield* segmentsFor(id), route(encodeURIComponent(id)))
    })
  )

  for (const id of [".", "..", "\ud800", "a\udc00b"]) {
    it.effect(`that no segment can carry, as ${JSON.stringify(id)}, is sent as U+FFFD`, () =>
      Effect.gen(function* () {
        const segments = yield* segmentsFor(id)
        assert.deepStrictEqual(segments.slice(0, 5), route("").slice(0, 5))
        assert.match(decodeURIComponent(segments[5]!), /^a?\ufffd+b?$/)
      })
    )
  }

  it.effect.prop(
    "round-trips every other text",
    [fc.string({ unit: character, minLength: 1 }).filter((id) => id !== "." && id !== "..")],
    ([id]) =>
      Effect.gen(function* () {
        const segments = yield* segmentsFor(id)
        assert.deepStrictEqual(segments, route(segments[5]!))
        assert.strictEqual(decodeURIComponent(segments[5]!), id)
      })
  )
})
