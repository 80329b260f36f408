/**
 * The jobs of a world, the stories queued for its next jobs, and the packages that were asked for. Nothing changes by
 * itself: the state of a job follows from its story, the time since its creation and its events.
 */
import { parseDuration } from "../../core/Duration.js"
import type { FixtureSet } from "../../core/Fixture.js"
import { hashId } from "../../core/Ids.js"
import { knownWords, type Problem } from "../../core/Problem.js"
import { mergeQuirks } from "../../core/Quirks.js"
import type { Drawer, Opening } from "../Resource.js"
import type { JobFixture, Quirks } from "./fixture.js"
import { position } from "./Position.js"
import { type SavedJobs, savedProblems } from "./saved.js"
import { type JobView, matters, type Plan, plan, type TaskView, type TimelineEvent, view } from "./Timeline.js"
import { type JobIdentity, taskId } from "./wire.js"

export interface Job {
  readonly identity: JobIdentity
  readonly story: string
  readonly fixture: JobFixture
  readonly plan: Plan
  /** Quirks of the story over those of the world. A recorded story has none: its frames are sent unchanged. */
  readonly quirks: Quirks
  /** Events that affect its story, oldest first: deliveries of its state, and signals. */
  readonly events: ReadonlyArray<TimelineEvent>
}

interface MutableJob extends Job {
  readonly events: Array<TimelineEvent>
  /** Time of the first request for a package, by task id; `""` is the job's own. */
  readonly asked: Map<string, number>
}

/** The jobs of a world. Times are in milliseconds since 1970 on its clock. */
export class JobDrawer implements Drawer {
  /** Largest number of jobs, including those of the fixtures. */
  readonly maxJobs: number
  readonly #opening: Opening
  readonly #jobs = new Map<string, MutableJob>()
  readonly #created = new Map<string, number>()
  readonly #queued = new Map<string, Array<string>>()
  readonly #merged = new Map<JobFixture, Quirks>()

  constructor(opening: Opening) {
    this.#opening = opening
    for (const workflow of this.#fixtures.workflows.values()) {
      for (const { age, id, story } of workflow.jobs ?? []) {
        this.#add(id, workflow.id, story, opening.now - parseDuration(age))
      }
    }
    this.maxJobs = this.#jobs.size + opening.most
  }

  get #fixtures(): FixtureSet {
    return this.#opening.fixtures
  }

  /**
   * Queues a story for the next job of a workflow, in place of the workflow's default story; first in, first out.
   * Returns the workflow; by default, the one that the story names. Throws a `RangeError` when the story or the workflow
   * does not exist.
   */
  enqueue(storyName: string, workflowId?: string): string {
    const { most, world } = this.#opening
    const workflow = workflowId ?? this.#story(storyName).workflow
    this.#story(storyName)
    const { workflows } = this.#fixtures
    if (!workflows.has(workflow)) {
      throw new RangeError(
        `there is no workflow ${workflow}; ${knownWords("workflows", [...workflows.keys()], workflow)}`
      )
    }
    if ([...this.#queued.values()].flat().length >= most) {
      throw new RangeError(`the world ${world} has ${most} queued stories, the maximum: reset it, or raise maxJobs`)
    }
    this.#queued.set(workflow, [...(this.#queued.get(workflow) ?? []), storyName])
    return workflow
  }

  /** Creates a job; absent when the workflow has no story. Throws a `RangeError` when there are `maxJobs`. */
  create(workflowId: string, now: number): Job | undefined {
    const { seed, world } = this.#opening
    if (this.#jobs.size >= this.maxJobs) throw new RangeError(`the world ${world} has ${this.maxJobs} jobs`)
    const story = this.#queued.get(workflowId)?.shift() ?? this.#fixtures.workflows.get(workflowId)?.story
    if (story === undefined) return undefined
    const ordinal = this.#created.get(workflowId) ?? 0
    this.#created.set(workflowId, ordinal + 1)
    return this.#add(hashId(seed, "job", workflowId, ordinal), workflowId, story, now)
  }

  get(id: string): Job | undefined {
    return this.#jobs.get(id)
  }

  of(workflowId: string): ReadonlyArray<Job> {
    return [...this.#jobs.values()].filter((job) => job.identity.workflowId === workflowId)
  }

  get ids(): ReadonlyArray<string> {
    return [...this.#jobs.keys()]
  }

  /** Number of jobs, including those of the fixtures. */
  get count(): number {
    return this.#jobs.size
  }

  createdAt(id: string): number | undefined {
    return this.#jobs.get(id)?.identity.createdAt
  }

  within({ workflow_id = "" }: Readonly<Record<string, string>>): ReadonlyArray<string> {
    return this.of(workflow_id).map(({ identity }) => identity.id)
  }

  view({ events, identity, plan }: Job, now: number): JobView {
    return view(plan, now - identity.createdAt, events)
  }

  /** Describes the position of a job on its timeline, without later events. */
  position(id: string, now: number): string | undefined {
    const job = this.#jobs.get(id)
    if (job === undefined) return undefined
    const elapsed = now - job.identity.createdAt
    const events = job.events.filter(({ at }) => at <= elapsed)
    return position(job.plan, elapsed, events)
  }

  /** Records that an answer that shows this job was passed whole to the transport. */
  delivered(id: string, now: number): void {
    this.#happened(id, { kind: "delivery" }, now)
  }

  /**
   * Sends a signal to a job. Throws a `RangeError` when the job does not exist or its story never waits for the signal.
   * Before the phase that waits for it, and after the end of the job, a signal has no effect.
   */
  signal(id: string, name: string, now: number): void {
    const { signals } = this.#jobs.get(id)?.plan ?? {}
    if (signals === undefined) {
      throw new RangeError(`there is no job ${id}; ${knownWords("jobs", this.ids, id)}`)
    }
    if (!signals.includes(name)) {
      const known = signals.length === 0 ? "its story has no signals" : knownWords("its signals", signals, name)
      throw new RangeError(`the job ${id} never waits for a signal ${JSON.stringify(name)}; ${known}`)
    }
    this.#happened(id, { kind: "signal", name }, now)
  }

  task(job: Job, id: string, now: number): (TaskView & { readonly index: number }) | undefined {
    const recorded = job.plan.recording?.taskIds
    const index = job.fixture.tasks.findIndex((_, i) => (recorded?.[i] ?? taskId(job.identity, i)) === id)
    const task = this.view(job, now).tasks[index]
    return task === undefined ? undefined : { ...task, index }
  }

  /** Requests the package of a job or of a task; the first request starts making it. `ttl` is in milliseconds. */
  askForPackage(id: string, taskId: string | undefined, now: number) {
    const job = this.#jobs.get(id)
    if (job === undefined) throw new RangeError(`there is no job ${id}`)
    const asset = taskId ?? ""
    if (!job.asked.has(asset)) job.asked.set(asset, now)
    const { ttl = "15m" } = job.fixture.download ?? {}
    return { ready: this.packageMade(job, taskId, now) !== undefined, ttl: parseDuration(ttl) }
  }

  /**
   * Returns the time at which the current package was made, and its number, from 0; absent before a request or while
   * the package is pending.
   */
  packageMade(job: Job, taskId: string | undefined, now: number): { at: number; build: number } | undefined {
    const asked = this.#jobs.get(job.identity.id)?.asked.get(taskId ?? "")
    if (asked === undefined) return undefined
    const { pending = "10s", rebuilt } = job.fixture.download ?? {}
    const first = asked + parseDuration(pending)
    const age = now - first
    if (age < 0) return undefined
    const every = rebuilt === undefined ? Number.POSITIVE_INFINITY : parseDuration(rebuilt)
    const build = Math.floor(age / every)
    return { at: build === 0 ? first : first + build * every, build }
  }

  get leftovers(): ReadonlyArray<string> {
    return [...this.#queued].flatMap(([workflow, stories]) =>
      stories.map((story) => `the story ${story}, queued for ${workflow}, was never used`)
    )
  }

  get follows(): ReadonlyMap<string, unknown> {
    return new Map([...this.#jobs.values()].map(({ fixture, story }) => [story, fixture]))
  }

  save(): SavedJobs {
    const workflows = new Set([...this.#created.keys(), ...this.#queued.keys()])
    return {
      jobs: [...this.#jobs.values()].map(({ asked, events, identity, story }) => ({
        id: identity.id,
        workflow: identity.workflowId,
        story,
        createdAt: identity.createdAt,
        events,
        asked: [...asked].map(([task, at]) => (task === "" ? { at } : { task, at }))
      })),
      workflows: [...workflows].sort().map((id) => ({
        id,
        created: this.#created.get(id) ?? 0,
        queued: this.#queued.get(id) ?? []
      }))
    }
  }

  problems(saved: SavedJobs, now: number): ReadonlyArray<Problem> {
    return savedProblems(saved, this.#fixtures, this.maxJobs, now)
  }

  restore({ jobs, workflows }: SavedJobs): void {
    this.#jobs.clear()
    for (const { asked, createdAt, events, id, story, workflow } of jobs) {
      const job = this.#add(id, workflow, story, createdAt)
      job.events.push(...events)
      for (const { at, task = "" } of asked) job.asked.set(task, at)
    }
    this.#created.clear()
    this.#queued.clear()
    for (const { created, id, queued } of workflows) {
      this.#created.set(id, created)
      this.#queued.set(id, [...queued])
    }
  }

  #happened(id: string, event: Omit<TimelineEvent, "at">, now: number): void {
    const job = this.#jobs.get(id)
    if (job === undefined || !job.plan.listens) return // most stories depend on time alone
    const happened = { ...event, at: now - job.identity.createdAt }
    if (matters(job.plan, job.events, happened)) job.events.push(happened)
  }

  #story(name: string): JobFixture {
    const { jobs } = this.#fixtures
    const story = jobs.get(name)
    if (story !== undefined) return story
    throw new RangeError(`there is no story called ${name}; ${knownWords("stories", [...jobs.keys()], name)}`)
  }

  #quirksOf(fixture: JobFixture): Quirks {
    const { everyStory } = this.#opening.quirks
    if (fixture.frames !== undefined) return {}
    if (everyStory === undefined) return fixture.quirks ?? {}
    const merged = this.#merged.get(fixture) ?? mergeQuirks(everyStory, fixture.quirks)
    this.#merged.set(fixture, merged)
    return merged
  }

  #add(id: string, workflowId: string, story: string, createdAt: number): MutableJob {
    const identity = { id, workflowId, createdAt, seed: this.#opening.seed }
    const fixture = this.#story(story)
    const quirks = this.#quirksOf(fixture)
    const job: MutableJob = { identity, story, fixture, plan: plan(fixture), quirks, events: [], asked: new Map() }
    this.#jobs.set(id, job)
    return job
  }
}
