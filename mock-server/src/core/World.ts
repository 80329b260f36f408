/**
 * The state of one world: its jobs, the stories queued for its next jobs, its tokens and its journal. Each test has its
 * own world. Nothing changes by itself: the state of a job follows from its story, the time since its creation and its
 * events.
 */
import type { WorldClock } from "../clock/index.js"
import type { JobFixture, Quirks } from "../resources/jobs/fixture.js"
import { position } from "../resources/jobs/Position.js"
import {
  type JobView,
  matters,
  type Plan,
  plan,
  type TaskView,
  type TimelineEvent,
  view
} from "../resources/jobs/Timeline.js"
import { type JobIdentity, jobBody, jobListItem, statusWord, taskId } from "../resources/jobs/wire.js"
import { type Conduct, judge, type Violation } from "./Conduct.js"
import { parseDuration } from "./Duration.js"
import type { FixtureSet, WorldQuirks } from "./Fixture.js"
import { Faults } from "./faults/Faults.js"
import { hashId } from "./Ids.js"
import { Journal } from "./Journal.js"
import { faultableOperations } from "./Operations.js"
import { knownWords } from "./Problem.js"
import { mergeQuirks } from "./Quirks.js"
import { type Grant, grantOf, type TokenTable } from "./Rights.js"
import { checkSnapshot, type Snapshot } from "./Snapshot.js"
import { type Expectation, type Verdict, verify } from "./Verify.js"

/**
 * One job of a world.
 *
 * @since 0.1.0
 * @category models
 */
export interface Job {
  readonly identity: JobIdentity
  /** Name of its story. */
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

/**
 * The time of the world cannot be changed now: requests are in progress, or sleepers wait on its clock.
 *
 * @since 0.1.0
 * @category errors
 */
export class WorldBusyError extends Error {
  override readonly name = "WorldBusyError"
  /** Number of requests in progress, including those that a fault delays. */
  readonly requests: number
  /** Number of sleepers on the world's clock, including requests that a fault delays. */
  readonly sleepers: number

  constructor(requests: number, sleepers: number) {
    const holders = [
      ...(requests === 0 ? [] : [`${requests} request${requests === 1 ? " is" : "s are"} in progress`]),
      ...(sleepers === 0 ? [] : [`${sleepers} sleeper${sleepers === 1 ? " waits" : "s wait"} on its clock`])
    ]
    super(`the world is busy: ${holders.join(", and ")}. Try again after all of them have ended`)
    this.requests = requests
    this.sleepers = sleepers
  }
}

/** A request that has not arrived in full, and has not affected its world yet. */
export interface Arriving {
  readonly isWhole: () => boolean
  /** Closes the connection. */
  readonly end: () => void
}

/** Makes a copy without values that JSON cannot express. */
const plain = <A>(value: A): A => JSON.parse(JSON.stringify(value))

/** Default duration of making a package. */
const defaultPending = "10s"

/** Initial settings of a world. */
export interface WorldSetup {
  readonly name: string
  readonly seed: string
  readonly clock: WorldClock
  readonly storageUrl: string | undefined
  readonly fixtures: FixtureSet
  /** Additional tokens of this world. */
  readonly tokens: TokenTable
  readonly quirks: WorldQuirks
  /** Largest number of jobs beside those of the fixtures, and of queued stories. Default: 10 000. */
  readonly maxJobs?: number | undefined
}

const defaultMaxJobs = 10_000

/**
 * The state of a world, and the actions of a test on it.
 *
 * @since 0.1.0
 * @category models
 */
export class World {
  readonly name: string
  /** Ids, signatures and random numbers derive from the seed, not the name: a test has the same ids in any world. */
  readonly seed: string
  readonly clock: WorldClock
  /** Origin of its signed URLs. Default: the server's second listener. */
  storageUrl: string | undefined
  readonly fixtures: FixtureSet
  readonly quirks: WorldQuirks
  readonly journal = new Journal()
  /** Faults of its answers; none until a plan is set. */
  readonly faults: Faults
  /** Additional tokens of this world. */
  readonly tokens: TokenTable
  /** Largest number of jobs, including those of its fixtures. */
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

  /** Time when it began, in milliseconds since 1970 on its clock. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** Returns the rights of a token by name; absent for an unknown token. */
  grantOf(name: string): Grant | undefined {
    return grantOf(this.tokens, name)
  }

  /**
   * Queues a story for the next job of a workflow, in place of the workflow's default story; first in, first out.
   * Default workflow: the one that the story names. Throws a `RangeError` when the story or the workflow does not
   * exist.
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
        `the world ${name} has ${this.#maxQueued} queued stories, the maximum: reset it, or raise maxJobs`
      )
    }
    this.journal.did({ do: "enqueue", story: storyName, workflow }, this.clock.now)
    const queue = this.#queued.get(workflow)
    if (queue === undefined) this.#queued.set(workflow, [storyName])
    else queue.push(storyName)
  }

  /**
   * Replaces the fault plan; attempts and times count from now. Throws a `FaultPlanError` when the plan is invalid.
   */
  useFaults(plan: unknown): void {
    this.journal.did({ do: "faults", plan: this.faults.use(plan, this.clock.now) }, this.clock.now)
  }

  /** Creates a job; absent when the workflow has no story. Throws a `RangeError` when the world has `maxJobs`. */
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

  /** Returns the jobs of a workflow, oldest first. */
  jobsOf(workflowId: string): ReadonlyArray<Job> {
    return [...this.#jobs.values()].filter((job) => job.identity.workflowId === workflowId)
  }

  /** Ids of its jobs, oldest first. */
  get jobIds(): ReadonlyArray<string> {
    return [...this.#jobs.keys()]
  }

  /** Number of jobs, including those of the fixtures. */
  get jobCount(): number {
    return this.#jobs.size
  }

  /** Returns the present state of a job. */
  view(job: Job): JobView {
    return view(job.plan, this.clock.now - job.identity.createdAt, job.events)
  }

  /** Describes the position of a job on its timeline at a time, for reports. */
  position(job: Job, now: number): string {
    const elapsed = now - job.identity.createdAt
    // leave out later events
    const events = job.events.filter(({ at }) => at <= elapsed)
    return position(job.plan, elapsed, events)
  }

  /** Counts the expected requests, and returns the nearest one if too few are found. */
  verify(expected: Expectation): Verdict {
    return verify(this.journal.entries, expected, faultableOperations, ({ ids, time }) => {
      const job = this.job(ids["job_id"] ?? ids["job"] ?? "")
      return job && this.position(job, time)
    })
  }

  /** Returns violations of the rules by clients; `unread` labels the requests whose answers have unread bodies. */
  judge(rules: Conduct = {}, unread: ReadonlyArray<string> = []): ReadonlyArray<Violation> {
    return judge(this.journal, rules, unread)
  }

  /** Unused preparations of the test (faults, stories), and requests that match no operation. */
  get leftovers(): ReadonlyArray<string> {
    const queued = [...this.#queued].flatMap(([workflow, stories]) =>
      stories.map((story) => `the story ${story}, queued for ${workflow}, was never used`)
    )
    const unmatched = this.journal.entries.flatMap(({ method, operation, path, seq }) =>
      operation === undefined ? [`#${seq} ${method} ${path} matches no operation`] : []
    )
    return [...this.faults.leftovers.map((rule) => `${rule} never took effect`), ...queued, ...unmatched]
  }

  /** Names of the stories of its jobs. */
  get stories(): ReadonlySet<string> {
    return new Set([...this.#jobs.values()].map(({ story }) => story))
  }

  /** Encodes a job as `get` and `create` do. */
  body(job: Job, view = this.view(job)): Record<string, unknown> {
    return jobBody(job.fixture, job.plan, view, job.identity, job.quirks)
  }

  /** Encodes a job as `list` does. */
  listItem(job: Job): Record<string, unknown> {
    return jobListItem(job.fixture, job.plan, this.view(job), job.identity, job.quirks)
  }

  /** Encodes the status of a job. */
  status(job: Job, view = this.view(job)): string {
    return statusWord(view.status, job.quirks)
  }

  /** Registers a request that is in the journal; call the returned function at its end. */
  arrives(request: Arriving): () => void {
    this.#requests.add(request)
    return () => this.#requests.delete(request)
  }

  /** Requests that have not arrived in full; they may be ended at any time. */
  get arriving(): ReadonlyArray<Arriving> {
    return [...this.#requests].filter(({ isWhole }) => !isWhole())
  }

  /** Records that an answer that shows this job was passed whole to the transport. */
  delivered(jobId: string): void {
    this.#happened(jobId, { kind: "delivery" })
  }

  /**
   * Sends a signal to a job. Throws a `RangeError` when the job does not exist or its story never waits for the signal.
   * Before the phase that waits for it, and after the end of the job, a signal has no effect.
   */
  signal(jobId: string, name: string): void {
    const { signals } = this.#jobs.get(jobId)?.plan ?? {}
    if (signals === undefined) {
      throw new RangeError(`there is no job ${jobId}; ${knownWords("jobs", this.jobIds, jobId)}`)
    }
    if (!signals.includes(name)) {
      const known = signals.length === 0 ? "its story has no signals" : knownWords("its signals", signals, name)
      throw new RangeError(`the job ${jobId} never waits for a signal ${JSON.stringify(name)}; ${known}`)
    }
    this.journal.did({ do: "signal", job: jobId, name }, this.clock.now)
    this.#happened(jobId, { kind: "signal", name })
  }

  /** Returns the present state of a task. */
  task(job: Job, id: string): (TaskView & { readonly index: number }) | undefined {
    const recorded = job.plan.recording?.taskIds
    const index = job.fixture.tasks.findIndex((_, i) => (recorded?.[i] ?? taskId(job.identity, i)) === id)
    const task = this.view(job).tasks[index]
    return task === undefined ? undefined : { ...task, index }
  }

  /** Requests the package of a job or of a task; the first request starts making it. `ttl` is in milliseconds. */
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
   * Returns the time at which the current package was made, and its number, from 0; absent before a request or while
   * the package is pending.
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
   * Saves the state of the world, to restore it later or elsewhere. An open request is only in the journal, without an
   * end.
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
   * Restores a snapshot: jobs, queued stories, faults, journal and time. Later state is lost.
   *
   * Throws a `SnapshotError` when the snapshot does not fit this world, and a `WorldBusyError` while a request is
   * handled or a sleeper waits on the world's clock. Then the world is unchanged. Ends requests that have not arrived
   * in full.
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
    if (job === undefined || !job.plan.listens) return // most stories depend on time alone
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

  /** Merges the quirks once for each story. */
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
