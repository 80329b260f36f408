/** Orders tasks by their dependencies. Not recursive, so that a chain may have any length. */
import type { TaskFixture } from "./fixture.js"

/**
 * Returns the tasks, each after its dependencies. Leaves out tasks in a cycle and tasks that depend on them; ignores
 * names that match no task.
 */
export const startOrder = (tasks: ReadonlyArray<TaskFixture>): ReadonlyArray<TaskFixture> => {
  const byName = new Map(tasks.map((task) => [task.name, task]))
  const waiting = new Map<TaskFixture, number>()
  const followers = new Map<TaskFixture, Array<TaskFixture>>(tasks.map((task) => [task, []]))
  for (const task of tasks) {
    const before = [...new Set(task.depends_on)].flatMap((name) => byName.get(name) ?? [])
    waiting.set(task, before.length)
    for (const dependency of before) followers.get(dependency)?.push(task)
  }
  const order = tasks.filter((task) => waiting.get(task) === 0)
  for (const task of order) {
    for (const follower of followers.get(task) ?? []) {
      const left = (waiting.get(follower) ?? 0) - 1
      waiting.set(follower, left)
      if (left === 0) order.push(follower)
    }
  }
  return order
}

/** Returns the names on a path from a task back to itself, if there is one. */
export const cycleFrom = (
  task: TaskFixture,
  tasks: ReadonlyMap<string, TaskFixture>
): ReadonlyArray<string> | undefined => {
  const reachedFrom = new Map<string, string>()
  const open = [task.name]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const next of tasks.get(name)?.depends_on ?? []) {
      if (next === task.name) {
        const way = [next]
        for (let at: string | undefined = name; at !== undefined; at = reachedFrom.get(at)) way.unshift(at)
        return way
      }
      if (reachedFrom.has(next)) continue
      reachedFrom.set(next, name)
      open.push(next)
    }
  }
  return undefined
}
