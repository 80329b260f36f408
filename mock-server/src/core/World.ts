/**
 * All the state of one world: its jobs, the stories that are queued for its next jobs, its tokens and its journal.
 * A test has one for itself. Nothing here passes by itself: what a job is now follows from its story, from the time
 * since it was created, and from what happened to it.
 */
import type { WorldClock } from "../clock/WorldClock.js"
import { type Conduct, judge, type Violation } from "./Conduct.js"
import { parseDuration } from "./Duration.js"
import type { FixtureSet, JobFixture, Quirks, WorldQuirks } from "./Fixture.js"
import { Faults } from "./faults/Faults.js"
import { faultableOperations } from "./faults/Plan.js"
import { hashId } from "./Ids.js"
import { Journal } from "./Journal.js"
import { position } from "./Position.js"
import { knownWords } from "./Problem.js"
import { mergeQuirks } from "./Quirks.js"
import { type Grant, grantOf, type TokenTable } from "./Rights.js"
import { checkSnapshot, type Snapshot } from "./Snapshot.js"
import { type JobView, matters, type Plan, plan, type TaskView, type TimelineEvent, view } from "./Timeline.js"
import { type Expectation, type Verdict, verify } from "./Verify.js"
import { type JobIdentity, jobBody, jobListItem, statusWord, taskId } from "./Wire.js"

/**
 * One job of a world.
 *
 * @since 0.1.0
 * @category models
 */
export interface Job {
  readonly identity: JobIdentity
  /** The name of the story that it follows. */
  readonly story: string
  readonly fixture: JobFixture
  readonly plan: Plan
  /** The story's, over those of the world. A recorded story has none: it is written as it is. */
  readonly quirks: Quirks
  /** What happened to it, oldest first, as far as it makes a difference: answers that showed it, and signals. */
  readonly events: ReadonlyArray<TimelineEvent>
}

interface MutableJob extends Job {
  readonly events: Array<TimelineEvent>
  /** When a package was first asked for, by task id; `""` is the job's own. */
  readonly asked: Map<string, number>
}

/**
 * A world whose time cannot be changed now: requests are under way, or somebody waits for a time to come.
 *
 * @since 0.1.0
 * @category errors
 */
export class WorldBusyError extends Error {
  override readonly name = "WorldBusyError"
  /** How many requests are under way, those that a fault keeps waiting included. */
  readonly requests: number
  /** How many wait on the world's clock: a request that a fault delays is one of them. */
  readonly sleepers: number

  constructor(requests: number, sleepers: number) {
    const holders = [
      ...(requests === 0 ? [] : [`${requests} request${requests === 1 ? " is" : "s are"} under way`]),
      ...(sleepers === 0 ? [] : [`${sleepers} sleeper${sleepers === 1 ? " waits" : "s wait"} on its clock`])
    ]
    super(`the world is busy: ${holders.join(", and ")}. Its time can be put back when all of that has ended`)
    this.requests = requests
    this.sleepers = sleepers
  }
}

/** A request of which a part is still to come. It has done nothing to its world yet. */
export interface Arriving {
  readonly isWhole: () => boolean
  /** Closes its connection. */
  readonly end: () => void
}

/** A copy without what JSON has no word for. */
const plain = <A>(value: A): A => JSON.parse(JSON.stringify(value))

/** How long making a package takes. */
const defaultPending = "10s"

/** What a world begins with. */
export interface WorldSetup {
  readonly name: string
  readonly seed: string
  readonly clock: WorldClock
  readonly storageUrl: string | undefined
  readonly fixtures: FixtureSet
  /** Tokens beside those that every world has. */
  readonly tokens: TokenTable
  readonly quirks: WorldQuirks
  /** How many jobs it may have beside those of its fixtures, and how many stories may be queued. Default: 10 000. */
  readonly maxJobs?: number | undefined
}

const defaultMaxJobs = 10_000

/**
 * @since 0.1.0
 * @category models
 */
export class World {
  readonly name: string
  /** Ids, signatures and chance come from it, and not from the name: a test has the same ids in any world. */
  readonly seed: string
  readonly clock: WorldClock
  /** Origin of its signed URLs; absent: the server's second listener. */
  storageUrl: string | undefined
  readonly fixtures: FixtureSet
  readonly quirks: WorldQuirks
  readonly journal = new Journal()
  /** What goes wrong with its answers; nothing, until a plan is put in place. */
  readonly faults: Faults
  /** Tokens beside those that every world has. */
  readonly tokens: TokenTable
  /** How many jobs it may have, those of its fixtures included. */
  readonly maxJobs: number
  readonly #maxQueued: number
  #startedAt: number
  readonly #jobs = new Map<string, MutableJob>()
  readonly #created = new Map<string, number>()
  /** Names of stories, by workflow. */
  readonly #queued = new Map<string, Array<string>>()
  readonly #merged = new Map<JobFixture, Quirks>()
  readonly #requests = new Set<Arriving>()

  constructor({ clock, fixtures, maxJobs = defaultMaxJobs, name, quirks, seed, storageUrl, tokens }: WorldSetup) {
    this.name = name
    this.seed = seed
    this.clock = clock
    this.storageUrl = storageUrl
    this.fixtures = fixtures
    this.tokens = tokens
    this.#startedAt = clock.now
    this.quirks = quirks
    this.faults = new Faults(seed)
    for (const workflow of fixtures.workflows.values()) {
      for (const { age, id, story } of workflow.jobs ?? []) {
        this.#add(id, workflow.id, story, clock.now - parseDuration(age))
      }
    }
    this.maxJobs = this.#jobs.size + maxJobs
    this.#maxQueued = maxJobs
  }

  /** When it began, in milliseconds since 1970 on its clock. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** What is behind a token of this name; absent: this world knows no such token. */
  grantOf(name: string): Grant | undefined {
    return grantOf(this.tokens, name)
  }

  /**
   * Has the next job of a workflow follow this story, instead of the workflow's default one; the queue is first in,
   * first out. Without `workflowId`, the workflow is the one that the story was written for.
   */
  enqueue(storyName: string, workflowId?: string): void {
    const story = this.#story(storyName)
    const workflow = workflowId ?? story.workflow
    const { workflows } = this.fixtures
    if (!workflows.has(workflow)) {
      throw new RangeError(
        `there is no workflow ${workflow}; ${knownWords("workflows", [...workflows.keys()], workflow)}`
      )
    }
    if (this.#queuedCount >= this.#maxQueued) {
      const { name } = this
      throw new RangeError(
        `the world ${name} has ${this.#maxQueued} queued stories, expected no more: reset it, or raise maxJobs`
      )
    }
    this.journal.did({ do: "enqueue", story: storyName, workflow }, this.clock.now)
    const queue = this.#queued.get(workflow)
    if (queue === undefined) this.#queued.set(workflow, [storyName])
    else queue.push(storyName)
  }

  /**
   * Puts a fault plan in the place of the one before; attempts and times count from now. Throws a `FaultPlanError` when
   * it cannot be followed.
   */
  useFaults(plan: unknown): void {
    this.journal.did({ do: "faults", plan: this.faults.use(plan, this.clock.now) }, this.clock.now)
  }

  /** A new job, or nothing when there is no story for it. Throws a `RangeError` when the world has `maxJobs`. */
  createJob(workflowId: string): Job | undefined {
    if (this.#jobs.size >= this.maxJobs) throw new RangeError(`the world ${this.name} has ${this.maxJobs} jobs`)
    const story = this.#queued.get(workflowId)?.shift() ?? this.fixtures.workflows.get(workflowId)?.story
    if (story === undefined) return undefined
    const ordinal = this.#created.get(workflowId) ?? 0
    this.#created.set(workflowId, ordinal + 1)
    return this.#add(hashId(this.seed, "job", workflowId, ordinal), workflowId, story, this.clock.now)
  }

  job(id: string): Job | undefined {
    return this.#jobs.get(id)
  }

  /** Oldest first. */
  jobsOf(workflowId: string): ReadonlyArray<Job> {
    return [...this.#jobs.values()].filter((job) => job.identity.workflowId === workflowId)
  }

  /** The ids of its jobs, oldest first. */
  get jobIds(): ReadonlyArray<string> {
    return [...this.#jobs.keys()]
  }

  /** How many jobs there are, those of the fixtures included. */
  get jobCount(): number {
    return this.#jobs.size
  }

  /** What a job is at this moment. */
  view(job: Job): JobView {
    return view(job.plan, this.clock.now - job.identity.createdAt, job.events)
  }

  /** Where a job was on its timeline at a time, in words: for whoever asks why a client did not see it end. */
  position(job: Job, now: number): string {
    const elapsed = now - job.identity.createdAt
    // what came later had not happened yet
    const events = job.events.filter(({ at }) => at <= elapsed)
    return position(job.plan, elapsed, events)
  }

  /** Whether this world was asked what a test expects, and what came nearest if not. */
  verify(expected: Expectation): Verdict {
    return verify(this.journal.entries, expected, faultableOperations, ({ ids, time }) => {
      const job = this.job(ids["job_id"] ?? ids["job"] ?? "")
      return job && this.position(job, time)
    })
  }

  /** What its clients did against the rules; `unread`: the requests whose bodies nobody has read. */
  judge(rules: Conduct = {}, unread: ReadonlyArray<string> = []): ReadonlyArray<Violation> {
    return judge(this.journal, rules, unread)
  }

  /** What a test prepared and nobody came for, and requests that nobody could answer: what should not be left. */
  get leftovers(): ReadonlyArray<string> {
    const queued = [...this.#queued].flatMap(([workflow, stories]) =>
      stories.map((story) => `the story ${story}, queued for ${workflow}, was never taken`)
    )
    const unmatched = this.journal.entries.flatMap(({ method, operation, path, seq }) =>
      operation === undefined ? [`#${seq} ${method} ${path} is no operation`] : []
    )
    return [...this.faults.leftovers.map((rule) => `${rule} never took effect`), ...queued, ...unmatched]
  }

  /** All stories that its jobs follow. */
  get stories(): ReadonlySet<string> {
    return new Set([...this.#jobs.values()].map(({ story }) => story))
  }

  /** A job as `get` and `create` show it. */
  body(job: Job, view = this.view(job)): Record<string, unknown> {
    return jobBody(job.fixture, job.plan, view, job.identity, job.quirks)
  }

  /** A job as `list` shows it. */
  listItem(job: Job): Record<string, unknown> {
    return jobListItem(job.fixture, job.plan, this.view(job), job.identity, job.quirks)
  }

  /** The status of a job, as it is written. */
  status(job: Job, view = this.view(job)): string {
    return statusWord(view.status, job.quirks)
  }

  /** A request is in the journal; the returned function says that it is over. */
  arrives(request: Arriving): () => void {
    this.#requests.add(request)
    return () => this.#requests.delete(request)
  }

  /** The requests of which a part is still to come: they may be ended at any time. */
  get arriving(): ReadonlyArray<Arriving> {
    return [...this.#requests].filter(({ isWhole }) => !isWhole())
  }

  /** An answer that showed this job was handed whole to the transport. */
  delivered(jobId: string): void {
    this.#happened(jobId, { kind: "delivery" })
  }

  /**
   * Tells a job that waits for a signal to go on. Throws when there is no such job, or its story never waits for such
   * a signal; before its time, and after the end of the job, a signal changes nothing.
   */
  signal(jobId: string, name: string): void {
    const { signals } = this.#jobs.get(jobId)?.plan ?? {}
    if (signals === undefined) {
      throw new RangeError(`there is no job ${jobId}; ${knownWords("jobs", this.jobIds, jobId)}`)
    }
    if (!signals.includes(name)) {
      const known = signals.length === 0 ? "its story has no signals" : knownWords("its signals", signals, name)
      throw new RangeError(`the job ${jobId} waits for no signal ${JSON.stringify(name)}; ${known}`)
    }
    this.journal.did({ do: "signal", job: jobId, name }, this.clock.now)
    this.#happened(jobId, { kind: "signal", name })
  }

  /** A task of a job, as it is at this moment. */
  task(job: Job, id: string): (TaskView & { readonly index: number }) | undefined {
    const recorded = job.plan.recording?.taskIds
    const index = job.fixture.tasks.findIndex((_, i) => (recorded?.[i] ?? taskId(job.identity, i)) === id)
    const task = this.view(job).tasks[index]
    return task === undefined ? undefined : { ...task, index }
  }

  /** Asks for the package of a job, or of one of its tasks; making it takes a while from the first time on. */
  askForPackage(jobId: string, taskId: string | undefined): { readonly ready: boolean; readonly ttl: number } {
    const job = this.#jobs.get(jobId)
    if (job === undefined) throw new RangeError(`there is no job ${jobId}`)
    const { now } = this.clock
    const asset = taskId ?? ""
    const asked = job.asked.get(asset) ?? now
    job.asked.set(asset, asked)
    const { pending = defaultPending, ttl = "15m" } = job.fixture.download ?? {}
    return { ready: now - asked >= parseDuration(pending), ttl: parseDuration(ttl) }
  }

  /**
   * When the package that was asked for was made, and which one it is, from 0; absent when nobody has asked, or it is
   * not ready yet.
   */
  packageMade(job: Job, taskId: string | undefined): { readonly at: number; readonly build: number } | undefined {
    const asked = this.#jobs.get(job.identity.id)?.asked.get(taskId ?? "")
    if (asked === undefined) return undefined
    const { pending = defaultPending, rebuilt } = job.fixture.download ?? {}
    const first = asked + parseDuration(pending)
    const age = this.clock.now - first
    if (age < 0) return undefined
    const every = rebuilt === undefined ? Number.POSITIVE_INFINITY : parseDuration(rebuilt)
    const build = Math.floor(age / every)
    return { at: build === 0 ? first : first + build * every, build }
  }

  /**
   * All that it takes to go on from here, later or elsewhere. A request that is under way is not taken along: it is in
   * the journal, without an end.
   */
  save(): Snapshot {
    const workflows = new Set([...this.#created.keys(), ...this.#queued.keys()])
    const snapshot: Snapshot = {
      version: 1,
      seed: this.seed,
      startedAt: this.#startedAt,
      now: this.clock.now,
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
      })),
      faults: this.faults.save(),
      journal: this.journal.save()
    }
    return plain(snapshot)
  }

  /**
   * Goes on from a snapshot: jobs, queued stories, faults, journal and time are what they were. What happened since is
   * forgotten.
   *
   * Throws a `SnapshotError` when this world cannot go on from it, and a `WorldBusyError` while a request is answered or
   * somebody waits on the world's clock. The world is then as it was. A request of which a part is still to come is ended.
   */
  restore(snapshot: unknown): void {
    const { faults, jobs, journal, now, startedAt, workflows } = plain(checkSnapshot(snapshot, this))
    const { arriving } = this
    const requests = this.journal.open - arriving.length
    const { sleepers } = this.clock
    if (requests > 0 || sleepers > 0) throw new WorldBusyError(requests, sleepers)
    for (const request of arriving) request.end()
    this.clock.set(now)
    this.#startedAt = startedAt
    this.#jobs.clear()
    for (const { asked, createdAt, events, id, story, workflow } of jobs) {
      const job = this.#add(id, workflow, story, createdAt)
      for (const event of events) job.events.push(event)
      for (const { at, task = "" } of asked) job.asked.set(task, at)
    }
    this.#created.clear()
    this.#queued.clear()
    for (const { created, id, queued } of workflows) {
      this.#created.set(id, created)
      this.#queued.set(id, [...queued])
    }
    this.faults.restore(faults)
    this.journal.restore(journal)
  }

  get #queuedCount(): number {
    return [...this.#queued.values()].reduce((count, stories) => count + stories.length, 0)
  }

  #happened(jobId: string, event: Omit<TimelineEvent, "at">): void {
    const job = this.#jobs.get(jobId)
    if (job === undefined || !job.plan.listens) return // most stories go by time alone
    const happened = { ...event, at: this.clock.now - job.identity.createdAt }
    if (matters(job.plan, job.events, happened)) job.events.push(happened)
  }

  #story(name: string): JobFixture {
    const story = this.fixtures.jobs.get(name)
    if (story === undefined) {
      throw new RangeError(
        `there is no story called ${name}; ${knownWords("stories", [...this.fixtures.jobs.keys()], name)}`
      )
    }
    return story
  }

  /** Merged once for each story, however many jobs follow it. */
  #quirksOf(fixture: JobFixture): Quirks {
    const { everyStory } = this.quirks
    if (fixture.frames !== undefined) return {}
    if (everyStory === undefined) return fixture.quirks ?? {}
    const merged = this.#merged.get(fixture) ?? mergeQuirks(everyStory, fixture.quirks)
    this.#merged.set(fixture, merged)
    return merged
  }

  #add(id: string, workflowId: string, story: string, createdAt: number): MutableJob {
    const identity = { id, workflowId, createdAt, seed: this.seed }
    const fixture = this.#story(story)
    const quirks = this.#quirksOf(fixture)
    const job: MutableJob = { identity, story, fixture, plan: plan(fixture), quirks, events: [], asked: new Map() }
    this.#jobs.set(id, job)
    return job
  }
}
