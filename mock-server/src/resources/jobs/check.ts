/** Checks the meaning of fixtures, beyond their shapes: within a file and between files. */
import { parseDuration } from "../../core/Duration.js"
import {
  expectedOf,
  keyProblem,
  type Path,
  type Problem,
  printValue,
  problem,
  repeated,
  unless
} from "../../core/Problem.js"
import { outcomeOf } from "../../core/Status.js"
import type { Condition, JobFixture, Quirks, RecordingFixture, TaskFixture } from "./fixture.js"
import { outcomeIn } from "./Recording.js"
import { cycleFrom, startOrder } from "./TaskOrder.js"

const taskProblems = (tasks: ReadonlyArray<TaskFixture>): ReadonlyArray<Problem> => {
  const byName = new Map(tasks.map((task) => [task.name, task]))
  const names = [...byName.keys()]
  const canStart = new Set(startOrder(tasks))
  const reported = new Set<string>()
  const each = tasks.flatMap((task, index) => {
    const problems = (task.depends_on ?? []).flatMap((name, position) => {
      if (byName.has(name)) return []
      const others = names.filter((name) => name !== task.name)
      const expected =
        others.length === 0 ? "nothing: there is no other task" : expectedOf("the name of a task", others, name)
      return [problem(["tasks", index, "depends_on", position], printValue(name), expected, name, others)]
    })
    const cycle = canStart.has(task) || reported.has(task.name) ? undefined : cycleFrom(task, byName)
    if (cycle !== undefined) {
      for (const name of cycle) reported.add(name)
      const found = `a task that waits for itself (${cycle.join(" → ")})`
      problems.push(problem(["tasks", index, "depends_on"], found, "tasks that can start one after another"))
    }
    for (const field of ["err_msg", "failure_type"] as const) {
      const isRight = task.outcome === "failed" || (task[field] ?? "") === ""
      const expected = 'none, since the "outcome" of the task is not "failed"'
      problems.push(...unless(isRight, ["tasks", index, field], printValue(task[field]), expected))
    }
    return problems
  })
  return [...repeated(["tasks"], "name", tasks), ...each]
}

/** Whether the tasks are certainly done when a condition is met. */
const tasksAreDone = ({ all = [], any = [], tasksDone }: Condition): boolean =>
  tasksDone === true || all.some(tasksAreDone) || (any.length > 0 && any.every(tasksAreDone))

/** Checks the order of phases: all but the last have a condition, and only the last is final. */
const orderProblems = (phases: NonNullable<JobFixture["phases"]>): ReadonlyArray<Problem> =>
  phases.flatMap(({ status, until }, index) => {
    if (index === phases.length - 1) {
      return unless(until === undefined, ["phases", index, "until"], 'an "until"', "none in the last phase")
    }
    const pending = "a status that is no end, since a phase comes after it"
    const next = 'an "until" in the phase before it'
    return [
      ...unless(until !== undefined, ["phases", index + 1], "a phase after the last", next),
      ...unless(outcomeOf(status) === "pending", ["phases", index, "status"], printValue(status), pending)
    ]
  })

const endProblems = ({ phases = [], tasks, val_errors = [] }: JobFixture): ReadonlyArray<Problem> => {
  const status = phases.at(-1)?.status ?? ""
  const outcome = outcomeOf(status)
  const path = ["phases", phases.length - 1, "status"]
  const failure = tasks.find((task) => task.outcome === "failed")
  const done = phases.some(({ until }) => until !== undefined && tasksAreDone(until))
  if (outcome === "succeeded" && failure !== undefined) {
    return [problem(path, printValue(status), `"failed", since the task ${printValue(failure.name)} fails`)]
  }
  if (outcome === "succeeded" && tasks.length > 0 && !done) {
    return [problem(path, printValue(status), 'a phase before it that lasts until "tasksDone"')]
  }
  if (outcome === "failed" && failure === undefined && val_errors.length === 0 && done) {
    return [problem(path, printValue(status), '"completed", since every task completes')]
  }
  return []
}

const ends = { pending: "a job that goes on", succeeded: "a success", failed: "a failure" } as const

/** Reports contradictions in the quirks of stories at the path `at`. */
export const quirkProblems = ({ jobStatus = {}, omit = [], set = {} }: Quirks, at: Path): ReadonlyArray<Problem> => {
  const left: ReadonlyArray<string> = omit
  const words = Object.entries(jobStatus).flatMap(([word, other]) => {
    const outcome = outcomeOf(word)
    if (outcomeOf(other) === outcome) return []
    const expected = `a word for ${ends[outcome]}, as ${printValue(word)} is`
    return [problem([...at, "jobStatus", word], printValue(other), expected)]
  })
  const fields = Object.keys(set).flatMap((field) => {
    const path = [...at, "set", field]
    if (field === "id" || field === "tasks.id") return [keyProblem(path, "any other, since the server makes the ids")]
    return left.includes(field) ? [keyProblem(path, 'any other, since "omit" leaves this one out')] : []
  })
  return [...words, ...fields]
}

/** Reports a rebuild without pause, which would change the package in every answer. */
const downloadProblems = ({ download: { rebuilt } = {} }: JobFixture | RecordingFixture): ReadonlyArray<Problem> =>
  unless(
    rebuilt === undefined || parseDuration(rebuilt) > 0,
    ["download", "rebuilt"],
    printValue(rebuilt),
    "more than 0s"
  )

export const jobProblems = (fixture: JobFixture): ReadonlyArray<Problem> => [
  ...taskProblems(fixture.tasks),
  ...orderProblems(fixture.phases ?? []),
  ...endProblems(fixture),
  ...downloadProblems(fixture),
  ...quirkProblems(fixture.quirks ?? {}, ["quirks"])
]

/** Checks the order of frames: the first is the create's answer, and none revokes an end. */
const frameProblems = ({ frames }: RecordingFixture): ReadonlyArray<Problem> =>
  frames.flatMap(({ at, body }, index) => {
    const before = frames[index - 1]
    const path = ["frames", index]
    if (before === undefined) {
      const expected = '"0s" in the first frame, which is what the create answers'
      return unless(parseDuration(at) === 0, [...path, "at"], printValue(at), expected)
    }
    const isLater = parseDuration(at) > parseDuration(before.at)
    const end = outcomeIn(before.body)
    const [found, place] = Object.hasOwn(body, "status")
      ? [printValue(body["status"]), ["body", "status"]]
      : ['no "status"', ["body"]]
    const later = `a time after ${printValue(before.at)}, that of the frame before it`
    const same = `an end as in the frame before it, ${printValue(before.body["status"])}`
    return [
      ...unless(isLater, [...path, "at"], printValue(at), later),
      ...unless(end === "pending" || outcomeIn(body) === end, [...path, ...place], found, same)
    ]
  })

export const recordingProblems = (fixture: RecordingFixture): ReadonlyArray<Problem> => [
  ...frameProblems(fixture),
  ...downloadProblems(fixture)
]
