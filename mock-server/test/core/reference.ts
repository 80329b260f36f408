/**
 * A reference implementation of a job that advances tick by tick: at each tick it checks whether a task or a phase has
 * ended. It shares no line with `core/Timeline`, which uses formulas, and both must agree.
 */
import { parseDuration } from "../../src/core/Duration.js"
import type { Condition, JobFixture, TaskFixture } from "../../src/resources/jobs/fixture.js"

/** In milliseconds. Stories of whole seconds have all transitions on a tick. */
export const tick = 500

const ends: Readonly<Record<string, "succeeded" | "failed">> = {
  completed: "succeeded",
  done: "succeeded",
  failed: "failed"
}

interface PlayedTask {
  readonly fixture: TaskFixture
  readonly takes: number
  status: "created" | "inprogress" | "completed" | "failed"
  worked: number
}

export class PlayedJob {
  readonly #phases: NonNullable<JobFixture["phases"]>
  readonly #tasks: ReadonlyArray<PlayedTask>
  #phase = 0
  /** In milliseconds since the phase began. */
  #age = 0
  #polls = 0
  readonly #signals = new Set<string>()
  #working = false

  constructor({ phases, tasks, val_errors = [] }: JobFixture) {
    const end = tasks.some(({ outcome }) => outcome === "failed") ? "failed" : "completed"
    const usual: NonNullable<JobFixture["phases"]> = [
      { status: "queued", until: { after: "5s" } },
      { status: "running", until: { tasksDone: true } },
      { status: end }
    ]
    this.#phases = phases ?? (val_errors.length > 0 ? [{ status: "failed" }] : usual)
    this.#tasks = tasks.map((fixture) => ({
      fixture,
      takes: parseDuration(fixture.takes),
      status: "created",
      worked: 0
    }))
    this.#settle()
  }

  get status(): string {
    return this.#phases[this.#phase]?.status ?? ""
  }

  get outcome(): "pending" | "succeeded" | "failed" {
    return ends[this.status] ?? "pending"
  }

  get tasks(): ReadonlyArray<string> {
    return this.#tasks.map(({ status, takes, worked }) => {
      const percent = status === "created" ? 0 : status === "inprogress" ? 5 + Math.floor((90 * worked) / takes) : 100
      return `${status} ${percent}`
    })
  }

  get progress(): number {
    if (this.outcome === "succeeded") return 100
    const all = this.#tasks.reduce((sum, { takes }) => sum + takes, 0)
    const worked = this.#tasks.reduce((sum, { worked }) => sum + worked, 0)
    return all === 0 ? 0 : Math.min(99, Math.floor((100 * worked) / all))
  }

  /** Advances by one tick. */
  tick(): void {
    if (this.outcome !== "pending") return
    this.#age += tick
    for (const task of this.#tasks) if (task.status === "inprogress") task.worked += tick
    this.#settle()
  }

  /** Records a delivery. */
  shown(): void {
    if (this.outcome !== "pending") return
    this.#polls++
    this.#settle()
  }

  signalled(name: string): void {
    if (this.outcome !== "pending") return
    this.#signals.add(name)
    this.#settle()
  }

  #settle(): void {
    for (;;) {
      const until = this.#phases[this.#phase]?.until
      if (until !== undefined && waits(until)) this.#working = true
      while (this.#working && this.#tasks.some((task) => this.#moves(task)));
      if (until === undefined || this.outcome !== "pending" || !this.#isOver(until)) return
      this.#phase++
      this.#age = 0
      this.#polls = 0
      this.#signals.clear()
    }
  }

  /** Starts or ends a task when it is due. */
  #moves(task: PlayedTask): boolean {
    const { depends_on = [], outcome = "completed" } = task.fixture
    const statusOf = (name: string) => this.#tasks.find(({ fixture }) => fixture.name === name)?.status
    if (task.status === "created" && depends_on.every((name) => statusOf(name) === "completed")) {
      task.status = "inprogress"
      return true
    }
    if (task.status !== "inprogress" || task.worked < task.takes) return false
    task.status = outcome
    return true
  }

  #isOver({ after, all, any, polls, signal, tasksDone }: Condition): boolean {
    return (
      (after === undefined || this.#age >= parseDuration(after)) &&
      (polls === undefined || this.#polls >= polls) &&
      (signal === undefined || this.#signals.has(signal)) &&
      (tasksDone === undefined || (this.#working && !this.#tasks.some(({ status }) => status === "inprogress"))) &&
      (all === undefined || all.every((part) => this.#isOver(part))) &&
      (any === undefined || any.some((part) => this.#isOver(part)))
    )
  }
}

/** Whether the tasks begin with this phase. */
const waits = ({ all = [], any = [], tasksDone }: Condition): boolean =>
  tasksDone === true || [...all, ...any].some(waits)
