/**
 * A minimal model of a world of the mock server: jobs that advance tick by tick, a queue of stories, packages that take
 * time, and a fault of the first request of each subject. It has no HTTP.
 */
import { parseDuration } from "../../src/core/Duration.js"
import type { FixtureSet } from "../../src/core/Fixture.js"
import type { JobFixture } from "../../src/resources/jobs/fixture.js"
import { PlayedJob, tick } from "../core/reference.js"

/** Fault of the first request of each subject. */
export interface ModelFault {
  readonly operation: string
  /** `answer`: 503. `refuse`: not handled, no answer. `lose`: handled, no answer. `late`: answered after 5 s. */
  readonly kind: "answer" | "refuse" | "lose" | "late" | "mislabel"
}

export interface ModelJob {
  readonly workflow: string
  readonly story: JobFixture
  readonly played: PlayedJob
  readonly createdAt: number
  /** Unknown to a client that lost the answer to its create, until a list shows it. */
  id: string | undefined
  taskIds: ReadonlyArray<string>
}

/** Result of a request: a status, and the jobs in the answer. */
export interface Outcome {
  readonly status: number
  readonly shows?: ReadonlyArray<ModelJob>
}

export interface ModelPackage {
  readonly url: string
  readonly asset: string
  readonly expires: number
}

export class Model {
  now = 0
  readonly jobs: Array<ModelJob> = []
  readonly packages: Array<ModelPackage> = []
  readonly journal: Array<string> = []
  readonly #fixtures: FixtureSet
  readonly #queued = new Map<string, Array<JobFixture>>()
  readonly #asked = new Map<string, number>()
  #fault: ModelFault | undefined
  readonly #met = new Set<string>()

  constructor(fixtures: FixtureSet) {
    this.#fixtures = fixtures
  }

  advance(millis: number): void {
    for (let left = millis; left > 0; left -= tick) {
      this.now += tick
      for (const { played } of this.jobs) played.tick()
    }
  }

  use(fault: ModelFault): void {
    this.#fault = fault
    this.#met.clear()
  }

  /** Handles a request; returns its fault and its result, which is absent when the client gets no answer. */
  take(operation: string, subject: string, handle: () => Outcome): Outcome | undefined {
    const isMet = this.#fault?.operation === operation && !this.#met.has(subject)
    if (isMet) this.#met.add(subject)
    const kind = isMet ? this.#fault?.kind : undefined
    const { now } = this
    if (kind === "late") this.advance(5_000)
    const handled = kind === "answer" ? { status: 503 } : kind === "refuse" ? undefined : handle()
    if (kind === undefined || kind === "late") for (const { played } of handled?.shows ?? []) played.shown()
    const outcome = kind === "lose" ? undefined : handled
    this.journal.push([now, operation, subject, outcome?.status ?? "nothing", kind ?? "right"].join(" "))
    return outcome
  }

  /** Whether the next request of this kind ends only when time advances. */
  isLate(operation: string, subject: string): boolean {
    return this.#fault?.kind === "late" && this.#fault.operation === operation && !this.#met.has(subject)
  }

  enqueue(story: string): void {
    const fixture = this.#fixtures.jobs.get(story)!
    this.#queued.set(fixture.workflow, [...(this.#queued.get(fixture.workflow) ?? []), fixture])
  }

  create(workflow: string): ModelJob | undefined {
    const [next, ...later] = this.#queued.get(workflow) ?? []
    this.#queued.set(workflow, later)
    const story = next ?? this.#fixtures.jobs.get(this.#fixtures.workflows.get(workflow)?.story ?? "")
    if (story === undefined) return undefined
    const job = { workflow, story, played: new PlayedJob(story), createdAt: this.now, id: undefined, taskIds: [] }
    this.jobs.push(job)
    return job
  }

  /** Whether a package is ready; the first request starts making it. */
  isReady(asset: string, { story }: ModelJob): boolean {
    const asked = this.#asked.get(asset) ?? this.now
    this.#asked.set(asset, asked)
    return this.now - asked >= parseDuration(story.download?.pending ?? "10s")
  }
}
