/**
 * The state of one world: its jobs, the stories queued for its next jobs, its tokens and its journal. Each test has its
 * own world. Nothing changes by itself: the state of a job follows from its story, the time since its creation and its
 * events.
 */
import type { WorldClock } from "../clock/index.js"
import { resources } from "../resources/index.js"
import { type Drawer, type DrawerKind, type Merged, merge, type Opening } from "../resources/Resource.js"
import { type Conduct, judge, type Violation } from "./Conduct.js"
import type { FixtureSet, WorldQuirks } from "./Fixture.js"
import { Faults } from "./faults/Faults.js"
import { Journal } from "./Journal.js"
import { drawerNames, faultableOperations, operationOf } from "./Operations.js"
import type { TokenTable } from "./Rights.js"
import { checkSnapshot, type Snapshot } from "./Snapshot.js"
import { type Expectation, type Verdict, verify } from "./Verify.js"

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
  readonly end: () => void
}

/** Makes a copy without values that JSON cannot express. */
const plain = <A>(value: A): A => JSON.parse(JSON.stringify(value))

type Kinds = Merged<typeof resources, "drawers">

export type Drawers = { readonly [Name in keyof Kinds]: ReturnType<Kinds[Name]["open"]> }

const openDrawers = (opening: Opening): Drawers =>
  Object.fromEntries(
    Object.entries<DrawerKind>(merge(resources, "drawers")).map(([name, { open }]) => [name, open(opening)])
  ) as Drawers // one of each kind

const everyDrawer = (drawers: Drawers): ReadonlyArray<Drawer> => Object.values(drawers)

export interface WorldSetup {
  readonly name: string
  readonly seed: string
  readonly clock: WorldClock
  readonly storageUrl: string | undefined
  readonly fixtures: FixtureSet
  readonly tokens: TokenTable
  readonly quirks: WorldQuirks
  /** Largest number of jobs beside those of the fixtures, and of queued stories. Default: 10 000. */
  readonly maxJobs?: number | undefined
}

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
  readonly faults: Faults
  readonly tokens: TokenTable
  readonly #opening: Opening
  #drawers: Drawers
  #startedAt: number
  readonly #requests = new Set<Arriving>()

  constructor({ clock, fixtures, maxJobs = 10_000, name, quirks, seed, storageUrl, tokens }: WorldSetup) {
    this.name = name
    this.seed = seed
    this.clock = clock
    this.storageUrl = storageUrl
    this.fixtures = fixtures
    this.tokens = tokens
    this.#startedAt = clock.now
    this.quirks = quirks
    this.faults = new Faults(seed)
    this.#opening = { world: name, seed, fixtures, quirks, now: clock.now, most: maxJobs }
    this.#drawers = openDrawers(this.#opening)
  }

  get drawers(): Drawers {
    return this.#drawers
  }

  /** Returns the drawer of the things that an operation is about; absent for those that no world makes. */
  drawerOf(operation: string | undefined): Drawer | undefined {
    const drawers: Readonly<Record<string, Drawer>> = this.#drawers
    return drawers[drawerNames.get(operationOf(operation)?.subject ?? "") ?? ""]
  }

  /** Time when it began, in milliseconds since 1970 on its clock. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** Replaces the fault plan; attempts and times count from now. Throws a `FaultPlanError` when the plan is invalid. */
  useFaults(plan: unknown): void {
    this.journal.did({ do: "faults", plan: this.faults.use(plan, this.clock.now) }, this.clock.now)
  }

  verify(expected: Expectation): Verdict {
    return verify(this.journal.entries, expected, faultableOperations, ({ ids, operation, time }) => {
      const { key = "" } = operationOf(operation) ?? {}
      return this.drawerOf(operation)?.position?.(ids[key] ?? "", time)
    })
  }

  /** Returns violations of the rules by clients; `unread` labels the requests whose answers have unread bodies. */
  judge(rules: Conduct = {}, unread: ReadonlyArray<string> = []): ReadonlyArray<Violation> {
    return judge(this.journal, rules, unread)
  }

  /** Unused preparations of the test (faults, stories), and requests that match no operation. */
  get leftovers(): ReadonlyArray<string> {
    const unused = everyDrawer(this.#drawers).flatMap(({ leftovers = [] }) => leftovers)
    const unmatched = this.journal.entries.flatMap(({ method, operation, path, seq }) =>
      operation === undefined ? [`#${seq} ${method} ${path} matches no operation`] : []
    )
    return [...this.faults.leftovers.map((rule) => `${rule} never took effect`), ...unused, ...unmatched]
  }

  /** Fixtures that its things follow, by name. */
  get follows(): ReadonlyMap<string, unknown> {
    return new Map(everyDrawer(this.#drawers).flatMap(({ follows = [] }) => [...follows]))
  }

  /** Registers a request that is in the journal; call the returned function at its end. */
  arrives(request: Arriving): () => void {
    this.#requests.add(request)
    return () => this.#requests.delete(request)
  }

  /**
   * Ends requests that have not arrived in full, of `open` ones. Throws a `WorldBusyError` instead while others are
   * open, or sleepers wait.
   */
  endArriving(open: number, sleepers = 0): void {
    const arriving = [...this.#requests].filter(({ isWhole }) => !isWhole())
    const requests = open - arriving.length
    if (requests > 0 || sleepers > 0) throw new WorldBusyError(requests, sleepers)
    for (const request of arriving) request.end()
  }

  /**
   * Saves the state of the world, to restore it later or elsewhere. An open request is only in the journal, without an
   * end.
   */
  save(): Snapshot {
    const snapshot = {
      version: 2,
      seed: this.seed,
      startedAt: this.#startedAt,
      now: this.clock.now,
      drawers: Object.fromEntries(Object.entries<Drawer>(this.#drawers).map(([name, drawer]) => [name, drawer.save()])),
      faults: this.faults.save(),
      journal: this.journal.save()
    }
    return plain(snapshot) as Snapshot // each drawer saves its shape
  }

  /**
   * Restores a snapshot: jobs, queued stories, faults, journal and time. Later state is lost.
   *
   * Throws a `SnapshotError` when the snapshot does not fit this world, and a `WorldBusyError` while a request is
   * handled or a sleeper waits on the world's clock. Then the world is unchanged. Ends requests that have not arrived
   * in full.
   */
  restore(snapshot: unknown): void {
    const { drawers, faults, journal, now, startedAt } = plain(checkSnapshot(snapshot, this))
    this.endArriving(this.journal.open, this.clock.sleepers)
    this.clock.set(now)
    this.#startedAt = startedAt
    this.#drawers = openDrawers({ ...this.#opening, now: startedAt })
    for (const [name, saved] of Object.entries(drawers)) {
      const drawer: Drawer = this.#drawers[name as keyof Drawers] // by the shape
      drawer.restore(saved as never) // checked
    }
    this.faults.restore(faults)
    this.journal.restore(journal)
  }

  /**
   * Queues a story for the next job of a workflow, in place of the workflow's default story; first in, first out.
   * Default workflow: the one that the story names. Throws a `RangeError` when the story or the workflow does not
   * exist.
   */
  enqueue(story: string, workflowId?: string): void {
    const workflow = this.#drawers.jobs.enqueue(story, workflowId)
    this.journal.did({ do: "enqueue", story, workflow }, this.clock.now)
  }

  /** Sends a signal to a job. Throws a `RangeError` when the job does not exist or never waits for the signal. */
  signal(jobId: string, name: string): void {
    this.#drawers.jobs.signal(jobId, name, this.clock.now)
    this.journal.did({ do: "signal", job: jobId, name }, this.clock.now)
  }
}
