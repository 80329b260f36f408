/** The order in which tasks can start, with any dependencies. */
import * as fc from "effect/FastCheck"
import { assert, describe, it } from "vitest"
import { jobProblems } from "../../src/resources/jobs/check.js"
import type { TaskFixture } from "../../src/resources/jobs/fixture.js"
import { cycleFrom, startOrder } from "../../src/resources/jobs/TaskOrder.js"
import { plan, view } from "../../src/resources/jobs/Timeline.js"

const task = (name: number | string, ...depends_on: ReadonlyArray<number | string>): TaskFixture => ({
  name: `t${name}`,
  takes: "1s",
  depends_on: depends_on.map((other) => `t${other}`)
})

/** Tasks that depend on any others, on themselves, and on unknown names. */
const tangles = fc
  .array(fc.array(fc.nat(9), { maxLength: 3 }), { maxLength: 9 })
  .map((all) => all.map((others, index) => task(index, ...others)))

describe("the order of tasks", () => {
  it("has each task after its dependencies", () =>
    fc.assert(
      fc.property(tangles, (tasks) => {
        const names = tasks.map(({ name }) => name)
        const started = new Set<string>()
        for (const { depends_on = [], name } of startOrder(tasks)) {
          for (const other of depends_on) if (names.includes(other)) assert.isTrue(started.has(other))
          started.add(name)
        }
      })
    ))

  it("leaves out tasks in cycles, and tasks that depend on them", () =>
    fc.assert(
      fc.property(tangles, (tasks) => {
        const byName = new Map(tasks.map((task) => [task.name, task]))
        const order = startOrder(tasks)
        for (const task of tasks) {
          const isStuck = !order.includes(task)
          const waitsForStuck = (task.depends_on ?? []).some((name) => {
            const other = byName.get(name)
            return other !== undefined && !order.includes(other)
          })
          assert.strictEqual(isStuck, waitsForStuck)
          if (!isStuck) assert.isUndefined(cycleFrom(task, byName))
        }
        const stuck = tasks.filter((task) => !order.includes(task))
        assert.strictEqual(
          stuck.length > 0,
          stuck.some((task) => cycleFrom(task, byName) !== undefined)
        )
      })
    ))

  it("is found for a chain of ten thousand in reverse order", () => {
    const count = 10_000
    const tasks = Array.from({ length: count }, (_, index) =>
      index === count - 1 ? task(index) : task(index, index + 1)
    )
    const story = { kind: "job", source: "made up", workflow: "w", tasks } as const
    assert.deepStrictEqual(jobProblems(story), [])
    assert.strictEqual(view(plan(story), 5_000 + 1_000 * count, []).finishedAt, 5_000 + 1_000 * count)
  })

  it("does not exist for tasks in a cycle: the cycle is named", () => {
    const tasks = [task("a", "c"), task("b", "a"), task("c", "b")]
    assert.deepStrictEqual(startOrder(tasks), [])
    const byName = new Map(tasks.map((task) => [task.name, task]))
    assert.deepStrictEqual(cycleFrom(task("a", "c"), byName), ["ta", "tc", "tb", "ta"])
  })
})
