/**
 * Recorded stories: the state of the job, and the values that the job replaces.
 */
import { assert, describe, it } from "vitest"
import type { RecordingFixture } from "../../src/resources/jobs/fixture.js"
import { storyOf } from "../../src/resources/jobs/Recording.js"
import { plan, view } from "../../src/resources/jobs/Timeline.js"
import { jobBody, jobListItem } from "../../src/resources/jobs/wire.js"
import { jobOf } from "../jobs.js"

const identity = { id: "job-1", workflowId: "wf-1", createdAt: Date.UTC(2025, 0, 1), seed: "s" }

const recording: RecordingFixture = {
  kind: "recording",
  source: "made up",
  workflow: "wf-1",
  frames: [
    { at: "0s", body: { id: "old", workflow_id: "wf-old", status: "Submitted", progress: "", spec: [1], tasks: null } },
    {
      at: "10s",
      body: {
        id: "old",
        status: "RUNNING",
        progress: "40.7%",
        tasks: [{ id: "t-2", name: "late", status: "Done", progress: 100 }, "odd", { name: "no id" }]
      }
    },
    {
      at: "20s",
      body: {
        status: "FAILURE",
        tasks: [
          { id: "t-1", status: "failed" },
          { id: "t-2", name: "late", status: "done", result: { n: 1 } }
        ]
      }
    },
    { at: "30s", body: { id: "old", status: "failure", retries: 3 } }
  ]
}

const story = storyOf(recording)
const job = jobOf(story, identity)
const at = (elapsed: number) => view(plan(story), elapsed, [])
const bodyAt = (elapsed: number) => jobBody(job, at(elapsed))

describe("a recorded job", () => {
  it.each([
    [0, "Submitted"],
    [9_999, "Submitted"],
    [10_000, "RUNNING"],
    [19_999, "RUNNING"],
    [20_000, "FAILURE"],
    [30_000, "failure"],
    [1e12, "failure"]
  ])("is the last frame that is due: at %i ms %s", (elapsed, status) =>
    assert.strictEqual(bodyAt(elapsed)["status"], status)
  )

  it("is sent as recorded, except for the recorded ids of the job and its workflow", () => {
    assert.deepStrictEqual(bodyAt(0), { ...recording.frames[0]?.body, id: "job-1", workflow_id: "wf-1" })
    assert.deepStrictEqual(bodyAt(10_000), { ...recording.frames[1]?.body, id: "job-1" })
    assert.deepStrictEqual(bodyAt(20_000), recording.frames[2]?.body)
  })

  it("has the fields of a list in a list", () => {
    const item = (elapsed: number) => jobListItem(job, at(elapsed))
    assert.deepStrictEqual(item(0), { id: "job-1", workflow_id: "wf-1", status: "Submitted", progress: "" })
    assert.deepStrictEqual(item(30_000), { id: "job-1", status: "failure" })
  })

  it("ends with the first final frame", () =>
    assert.deepStrictEqual(
      [19_999, 20_000, 40_000].map((elapsed) => [at(elapsed).outcome, at(elapsed).finishedAt]),
      [
        ["pending", undefined],
        ["failed", 20_000],
        ["failed", 20_000]
      ]
    ))

  it("has the tasks of all frames by id, each once", () => {
    assert.deepStrictEqual(plan(story).recording?.taskIds, ["t-2", "t-1"])
    const seen = (elapsed: number) => at(elapsed).tasks.map(({ outcome, status }) => [status, outcome])
    const unseen = ["created", "pending"]
    assert.deepStrictEqual(seen(0), [unseen, unseen])
    assert.deepStrictEqual(seen(10_000), [["completed", "succeeded"], unseen])
    assert.deepStrictEqual(seen(20_000), [
      ["completed", "succeeded"],
      ["failed", "failed"]
    ])
  })

  it("has packages of its tasks' final outputs", () =>
    assert.deepStrictEqual(
      story.tasks.map(({ name, result }) => [name, result]),
      [
        ["late", { n: 1 }],
        ["t-1", undefined]
      ]
    ))

  it.each([
    ["40.7%", 40],
    [40.7, 40],
    ["170", 100],
    ["soon", 0],
    [null, 0],
    [["40"], 0],
    [{ toString: 1, valueOf: 2 }, 0] // valid JSON that cannot be converted to a string
  ])("whose progress is written as %j has come to %i percent", (progress, percent) => {
    const story = storyOf({ ...recording, frames: [{ at: "0s", body: { progress, tasks: [{ id: "t", progress }] } }] })
    const seen = view(plan(story), 0, [])
    assert.deepStrictEqual([seen.progress, seen.tasks[0]?.progress], [percent, percent])
  })
})
