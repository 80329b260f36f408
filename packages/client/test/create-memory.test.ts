/** The memory of a client that creates for a month without lists (`adopt: "never"`) is bounded. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import { JobTarget, ProjectId, RetryPolicy, WorkflowId } from "../src/index.js"
import type { Entry } from "../src/internal/creatable.js"
import * as sessions from "../src/internal/createSessions.js"
import * as Intent from "../src/internal/intent.js"

const minute = 60_000
const hour = 60 * minute
const month = 30 * 24 * hour

const targetOf = (workflow: string) =>
  JobTarget.make({ workflowId: WorkflowId.make(workflow), projectId: ProjectId.make("p") })

/** A clock that only the test moves. */
const clockAt = (time: { now: number }): Clock.Clock => ({
  ...Clock.make(),
  unsafeCurrentTimeMillis: () => time.now,
  unsafeCurrentTimeNanos: () => BigInt(time.now) * 1_000_000n,
  currentTimeMillis: Effect.sync(() => time.now),
  currentTimeNanos: Effect.sync(() => BigInt(time.now) * 1_000_000n)
})

describe("the memory of a month of creates without lists", () => {
  const ends = ["made", "lost", "refused"] as const

  it.effect("holds the creates of the last hours, although one of the first never ends", () => {
    const time = { now: 0 }
    return Effect.gen(function* () {
      const groups: sessions.Groups<JobTarget, Entry> = new Map()
      const { join } = sessions.make<JobTarget, Entry>(
        {
          groupOf: ({ workflowId }) => workflowId,
          list: () => Effect.dieMessage("no list is made"),
          words: { noun: "job", nouns: "jobs", payer: "project", place: ({ workflowId }) => workflowId }
        },
        Effect.succeed(RetryPolicy.defaults),
        groups
      )
      const begun = (target: JobTarget) =>
        Effect.gen(function* () {
          const member = yield* join(target, identity)
          const intent = Intent.make({
            key: undefined,
            target,
            isMarked: false,
            timeout: Duration.minutes(3),
            grace: Duration.seconds(30),
            baseline: Option.none(),
            now: time.now,
            wall: time.now
          })
          yield* member.begin({ intent, sentAt: Option.some(time.now) })
          return member
        })
      yield* begun(targetOf("busy"))
      const sizes = { groups: 0, known: 0, unknown: 0, open: 0 }
      let count = 0
      for (; time.now < month; time.now += 10 * minute) {
        // One workflow all the time, and a new one for each day.
        const workflow = count % 2 === 0 ? "busy" : `of day ${Math.floor(time.now / (24 * hour))}`
        const member = yield* begun(targetOf(workflow))
        const end = ends[Math.floor(count / 2) % ends.length]
        const made = { id: `job-${count}`, createdAt: Option.none(), createdBy: Option.none(), status: Option.none() }
        yield* end === "made" ? member.made(made) : end === "lost" ? member.lost : member.notMade
        count++
        sizes.groups = Math.max(sizes.groups, groups.size)
        for (const { memory } of groups.values()) {
          sizes.known = Math.max(sizes.known, memory.known.size)
          sizes.unknown = Math.max(sizes.unknown, memory.unknown.size)
          sizes.open = Math.max(sizes.open, memory.open.size)
        }
      }
      assert.strictEqual(count, month / (10 * minute))
      // A third of 3 creates an hour each, for an hour and the window of a create.
      assert.isAtMost(sizes.known, 3)
      assert.isAtMost(sizes.unknown, 3)
      assert.isAtMost(sizes.open, 2)
      assert.isAtMost(sizes.groups, 3)
      // The next create, a day later, finds nothing but itself and the one that never ended.
      time.now += 24 * hour
      yield* begun(targetOf("next"))
      assert.deepStrictEqual([...groups.keys()].sort(), ["busy", "next"])
      assert.strictEqual(groups.get("busy")?.memory.known.size, 0)
    }).pipe(Effect.withClock(clockAt(time)))
  })
})
