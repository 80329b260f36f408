/** The subjects of errors: their names, their equality and their encoded form. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { JobId, JobSubject, RunAll, Subject, TaskId, TaskSubject, WaitTimeout, WorkflowId } from "../src/index.js"

const ids = { workflowId: WorkflowId.make("wf-1"), jobId: JobId.make("job-1") }
const job = JobSubject.make({ _tag: "Job", ...ids })
const task = TaskSubject.make({ _tag: "Task", ...ids, taskId: TaskId.make("task-1") })
const item = Subject.make({ _tag: "OrderItem", orderId: "order-1", itemId: "item-1" })

const timeout = (subject: Subject) =>
  new WaitTimeout({
    subject,
    waitingFor: "end",
    lastStatus: Option.some("running"),
    polls: 3,
    timeout: Duration.hours(1),
    message: "too late"
  })

const stored = (error: WaitTimeout): string => JSON.stringify(Schema.encodeSync(WaitTimeout)(error))

describe("the subject of an error", () => {
  it.each([
    [job, "job job-1"],
    [task, "task task-1"],
    [item, "order item item-1"]
  ])("%s is named by its kind and its own id", (subject, name) => {
    assert.strictEqual(String(subject), name)
    assert.deepStrictEqual(Object.keys(subject).includes("toString"), false)
  })

  it.each([job, task, item])("%s survives the encoded form of an error", (subject) => {
    const read = Schema.decodeUnknownSync(WaitTimeout)(JSON.parse(stored(timeout(subject))))
    assert.isTrue(Equal.equals(read.subject, subject))
    assert.strictEqual(String(read.subject), String(subject))
    assert.deepStrictEqual(JSON.parse(stored(read)).subject, { ...subject })
  })

  it("is narrowed to its service in the errors of a batch", () => {
    const decode = Schema.decodeUnknownOption(RunAll.RunError)
    assert.isTrue(Option.isSome(decode(JSON.parse(stored(timeout(job))))))
    for (const other of [task, item]) assert.isTrue(Option.isNone(decode(JSON.parse(stored(timeout(other))))))
  })
})
