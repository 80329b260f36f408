/**
 * Every story at all its edges: at the start and end of each phase, task and frame, and 1 ms before and after. The test
 * advances the time, so that the client polls at exactly these moments.
 */
import { assert, describe, it } from "@effect/vitest"
import { type Drift, Raw } from "@effect-pixxel/client"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import {
  fixtures,
  JobsApi,
  MockServer,
  projectId,
  workflowOf,
  world
} from "../../packages/client/test/integration/world.js"
import { longTransports } from "../../vitest.size.js"
import type { JobFixture } from "../src/resources/jobs/fixture.js"
import { plan, type TimelineEvent, view } from "../src/resources/jobs/Timeline.js"
import { jobBody } from "../src/resources/jobs/wire.js"
import { jobOf } from "./jobs.js"

/** The start time and the seed of new worlds. */
const createdAt = Date.UTC(2025, 0, 1)
const seed = "pixxel"

/** Has a placeholder in every field, which the client reports as drift. */
const placeholders = "documented-sample"

/**
 * The times of changes, in order, without delays by signals and polls. Found backwards, since a job knows its last
 * change.
 */
const edgesOf = (fixture: JobFixture): ReadonlyArray<number> => {
  const worked = plan(fixture)
  const events: ReadonlyArray<TimelineEvent> = [
    ...worked.signals.map((name) => ({ kind: "signal", at: 0, name }) as const),
    ...Array.from({ length: 5 }, () => ({ kind: "delivery", at: 0 }) as const)
  ]
  const edges: Array<number> = []
  for (let at = Duration.toMillis("7 days"); at >= 0; at = (edges.at(-1) ?? 0) - 1) {
    edges.push(view(worked, at, events).updatedAt)
  }
  return edges.reverse()
}

/** Sixty tasks have sixty edges of one kind: a dozen and the last suffice over HTTP. */
const some = (edges: ReadonlyArray<number>) => {
  const step = Math.ceil(edges.length / 12)
  return edges.filter((_, index) => index % step === 0 || index === edges.length - 1)
}

const momentsOf = (fixture: JobFixture): ReadonlyArray<number> =>
  some(edgesOf(fixture))
    .flatMap((edge) => [edge - 1, edge, edge + 1])
    .filter((at, index, all) => at >= 0 && all.indexOf(at) === index)

for (const transport of longTransports) {
  describe(`at every edge, and 1 ms before and after it, ${transport}:`, () => {
    it.effect.each([...fixtures.jobs])("%s follows its story, and the client can decode it", ([name, fixture]) => {
      const drifts: Array<Drift.Drift> = []
      const onDrift: Drift.OnDrift = (drift) => Effect.sync(() => drifts.push(drift))
      return Effect.gen(function* () {
        const jobs = yield* JobsApi
        const mock = yield* MockServer
        const workflowId = workflowOf(name)
        yield* mock.enqueue(name)
        const { id: jobId } = yield* jobs.create({ workflowId, projectId })
        const worked = plan(fixture)
        const expected = jobOf(fixture, { id: jobId, workflowId, createdAt, seed })
        const events: Array<TimelineEvent> = []
        for (const signal of worked.signals) {
          yield* mock.signal(jobId, signal)
          events.push({ kind: "signal", at: 0, name: signal })
        }

        let now = 0
        let progress = 0
        let ended = "pending"
        for (const at of momentsOf(fixture)) {
          yield* mock.advance(at - now)
          now = at
          const job = yield* jobs.get({ workflowId, jobId })
          const seen = view(worked, at, events)
          assert.deepStrictEqual(Option.getOrNull(Raw.of(job)), jobBody(expected, seen), `at ${at} ms`)
          events.push({ kind: "delivery", at })

          if (Option.isSome(job.status)) assert.strictEqual(job.outcome, seen.outcome, `at ${at} ms`)
          const reached = Option.getOrElse(job.progress, () => progress)
          assert.isAtLeast(reached, progress, `at ${at} ms`)
          progress = reached
          if (ended !== "pending") assert.strictEqual(job.outcome, ended, `at ${at} ms`)
          ended = job.outcome
        }
        assert.strictEqual(drifts.length > 0, name === placeholders, JSON.stringify(drifts))
      }).pipe(
        // polls are a millisecond apart, and continue after the end
        Effect.provide(
          world(transport, { clock: "manual", onDrift, conduct: { pollFloor: false, pollAfterEnd: false } })
        )
      )
    })
  })
}
