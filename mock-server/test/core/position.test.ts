import { assert, describe, it } from "vitest"
import type { JobFixture } from "../../src/resources/jobs/fixture.js"
import { position } from "../../src/resources/jobs/Position.js"
import { storyOf } from "../../src/resources/jobs/Recording.js"
import { plan, type TimelineEvent } from "../../src/resources/jobs/Timeline.js"

const story = (rest: Partial<JobFixture>): JobFixture => ({
  kind: "job",
  source: "x",
  workflow: "w",
  tasks: [],
  ...rest
})
const tasks = [{ name: "one", takes: "1m" }]
const at = (fixture: JobFixture, seconds: number, events: ReadonlyArray<TimelineEvent> = []) =>
  position(plan(fixture), seconds * 1_000, events)

describe("the position of a job on its timeline", () => {
  const rows: ReadonlyArray<readonly [said: string, of: string]> = [
    ['asked at 61 s, "running"; would be "completed" at 65 s', at(story({ tasks }), 61)],
    ['asked at 70 s, "completed" since 65 s', at(story({ tasks }), 70)],
    [
      'asked at 1.5 s, "queued"; would be "failed" at 65 s',
      at(story({ tasks: [{ ...tasks[0]!, outcome: "failed" }] }), 1.5)
    ],
    ['asked at 9 s, "queued"; its story has no end', at(story({ phases: [{ status: "queued" }] }), 9)],
    [
      'asked at 0 s, "waiting"; waits for the signal "go"',
      at(story({ phases: [{ status: "waiting", until: { signal: "go" } }, { status: "done" }] }), 0)
    ],
    [
      'asked at 8 s, "done" since 3 s',
      at(story({ phases: [{ status: "waiting", until: { signal: "go" } }, { status: "done" }] }), 8, [
        { kind: "signal", name: "go", at: 3_000 }
      ])
    ],
    [
      'asked at 2 s, "queued"; waits for the signal "b" and 3 polls or the signal "a"',
      at(
        story({
          phases: [
            {
              status: "queued",
              until: { any: [{ polls: 3 }, { signal: "a" }], all: [{ after: "1s" }, { signal: "b" }] }
            },
            { status: "done" }
          ]
        }),
        2
      )
    ],
    [
      'asked at 1 s, "running"; would be "completed" at 31 s',
      at(
        storyOf({
          kind: "recording",
          source: "x",
          workflow: "w",
          frames: [
            { at: "0s", body: { status: "running" } },
            { at: "31s", body: { status: "completed" } }
          ]
        }),
        1
      )
    ],
    [
      'asked at 1 s, "running"; its recording has no end',
      at(
        storyOf({ kind: "recording", source: "x", workflow: "w", frames: [{ at: "0s", body: { status: "running" } }] }),
        1
      )
    ]
  ]
  it.each(rows)("%s", (said, of) => {
    assert.strictEqual(of, said)
  })
})
