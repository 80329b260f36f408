/** The subjects of errors: their names and their encoded form. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { JobId, JobSubject, RunAll, type Subject, TaskId, TaskSubject, WaitTimeout, WorkflowId } from "../src/index.js"
import { atStart, nameOf } from "../src/internal/subject.js"

const ids = { workflowId: WorkflowId.make("wf-1"), jobId: JobId.make("job-1") }
const job = JobSubject.make(ids)
const task = TaskSubject.make({ ...ids, taskId: TaskId.make("task-1") })
const item = { _tag: "OrderItem", orderId: "order-1", itemId: "item-1" }

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
    [job, "job job-1", "Job job-1"],
    [task, "task task-1", "Task task-1"],
    [item, "order item item-1", "Order item item-1"]
  ])("%s is named by its kind and its own id", (subject, name, first) => {
    assert.deepStrictEqual([nameOf(subject), atStart(subject)], [name, first])
  })

  it.each([job, task, item])("%s survives the encoded form of an error", (subject) => {
    const read = Schema.decodeUnknownSync(WaitTimeout)(JSON.parse(stored(timeout(subject))))
    assert.deepStrictEqual<object>({ ...read.subject }, { ...subject })
    assert.strictEqual(String(read.subject), String(timeout(subject).subject))
  })

  it("is narrowed to its service in the errors of a batch", () => {
    const decode = Schema.decodeUnknownOption(RunAll.RunError)
    assert.isTrue(Option.isSome(decode(JSON.parse(stored(timeout(job))))))
    for (const other of [task, item]) assert.isTrue(Option.isNone(decode(JSON.parse(stored(timeout(other))))))
  })
})
