/**
 * The mock server as an Effect service: a world of its own for every build of the layer, over one Fastify app that
 * all tests of a process share. The layer brings the `HttpClient` that reaches the world and the `Clock` that the
 * world and the program have in common, so that a job of an hour takes milliseconds and has one outcome.
 *
 * **Example** (a test)
 *
 * ```ts
 * const PixxelTest = Layer.unwrapEffect(
 *   Effect.map(MockServer, ({ baseUrl, token }) => Pixxel.layer({ baseUrl, token }))
 * ).pipe(Layer.provideMerge(MockServer.layer()))
 *
 * it.effect("runs the workflow", () =>
 *   Effect.gen(function* () {
 *     const jobs = yield* JobsApi
 *     const { job } = yield* jobs.run({ workflowId, projectId })
 *     assert.strictEqual(job.outcome, "succeeded")
 *   }).pipe(Effect.provide(PixxelTest)))
 * ```
 *
 * **Time**
 *
 * The world has a clock of its own, and brings it to the program. A suite that drives Effect's `TestClock` already may
 * have the world follow that one: `clock: "followTestClock"`. Then jobs, latencies, `Date` and `Retry-After`, signed
 * URLs and rate limits are on test time, which begins in 1970, and the layer leaves the program's clock alone.
 *
 * ```ts
 * it.effect("waits for the job", () =>
 *   Effect.gen(function* () {
 *     const { advance } = yield* MockServer
 *     const jobs = yield* JobsApi
 *     const waiting = yield* Effect.fork(jobs.run({ workflowId, projectId }))
 *     yield* advance("10 minutes")
 *     assert.strictEqual((yield* Fiber.join(waiting)).job.outcome, "succeeded")
 *   }).pipe(Effect.provide(PixxelTest))) // over MockServer.layer({ clock: "followTestClock" })
 * ```
 *
 * - It never advances by itself: fork effects that wait for a job, as always under `TestClock`.
 * - While worlds follow it, `TestClock.adjust` and `setTime` go from sleeper to sleeper, each time when no request is on
 *   the wire, as `advance` does: no deadline passes in which the machine only had no turn. `advance(0)` waits until no
 *   request is on the wire.
 * - Build the layer around both the fork and the adjustment: a `TestClock` passes on while a layer is still built.
 * - In a world with a clock of its own, `TestClock.adjust` is `advance`.
 * - A poll takes some 12 ms of real time, since `TestClock` waits for its fibers with timers; with a clock of the world's
 *   own it takes 1 to 2. Of two fibers that wake at the same moment, the one that slept last runs first.
 * - Where the clock is no `TestClock` (`it.live`, another world) the layer dies of `NoTestClock`.
 *
 * **Gotchas**
 *
 * - Code outside of `Effect.provide` is outside of the world's time: put `Effect.timeout` inside.
 * - Merged layers (`Layer.mergeAll`) do not restore the fiber refs that they set, as Effect builds them: after the
 *   `Effect.provide` of a merged world, its fiber may be on the time of a world that has ended. Run code that follows on
 *   another fiber: `Effect.fork` the program and `Fiber.await` it.
 * - `layer(…)` of @effect/vitest builds a layer once for a block of tests: they share one world. Give `layerApp` to
 *   the block, and `layerWorld` to each test.
 * - A bare `Effect.runPromise` in the middle of a program loses the clock, as it loses all provided services.
 * - The clock sees work of Node that answers by itself: files, DNS, compression, crypto, Blobs, immediates, timers of at
 *   most 5 s, modules that Vitest loads. It does not see workers, child processes, message ports, `fs.watch`,
 *   `setInterval`, longer timers, timers without a reference (`AbortSignal.timeout` is one), `WebAssembly.compile`, native
 *   add-ons, modules that a loader's thread brings (`--import tsx`), or a transport that is not the world's own. Run those
 *   inside of `busyWhile`. A request of another transport is answered there at once, without its latency, since time
 *   stands still.
 * - On Deno worlds use sockets, and a fault that cuts a connection hangs: Deno does not report its end.
 * - On Bun the clock sees fibers and requests only, and says so once: run files, DNS, compression, crypto and timers inside
 *   of `busyWhile`. Bun before 1.4 has no connections in memory and cannot reset one: worlds use sockets there, and faults
 *   that reset a connection hang.
 * - A request that is sent after the end of its world, or is under way then, fails with `WorldEnded`: of a daemon, or of
 *   a finalizer of an outer scope.
 * - `Random` of the program is that of the world's seed, so that a retry after a random pause has one journal.
 * - Requests have one order, the one in which the program sent them. Concurrent file operations have none: they end in
 *   the order of the disk.
 * - A route of your own that sends a compressed body must not park in the middle of it: `fetch` hides how many of its
 *   bytes have come, so bytes that were sent before may arrive after time has advanced.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import { type ClockMode, VirtualTime } from "./clock/index.js"
import { type Transport, VirtualClock } from "./clock/program.js"
import { worldConfigProvider } from "./configProvider.js"
import type { Conduct, Violation } from "./core/Conduct.js"
import type { WorldQuirks } from "./core/Fixture.js"
import type { FaultPlanError } from "./core/faults/Check.js"
import type { FaultPlan } from "./core/faults/Plan.js"
import type { JournalEntry } from "./core/Journal.js"
import type { TokenTable } from "./core/Rights.js"
import type { Scenario, ScenarioError } from "./core/Scenario.js"
import type { Snapshot, SnapshotError } from "./core/Snapshot.js"
import type { Role } from "./core/Token.js"
import type { Expectation } from "./core/Verify.js"
import type { FixtureError } from "./fixtures/load.js"
import { build, MockApp, machine, sharedApp } from "./MockApp.js"
import { makeWorld } from "./makeWorld.js"
import type { VerificationFailed, WorldBusy } from "./worldErrors.js"

export { MockApp } from "./MockApp.js"
export { ConductBroken, LeftOver, VerificationFailed, WorldBusy } from "./worldErrors.js"

/**
 * A world of the mock server: what a test asks of it.
 *
 * @since 0.1.0
 * @category services
 */
export class MockServer extends Context.Tag("@effect-pixxel/mock-server/MockServer")<MockServer, MockServer.Service>() {
  /** An app of its own, closed with the scope. For a block of tests, with `layerWorld` for each test. */
  static readonly layerApp = (options: MockApp.Options = {}): Layer.Layer<MockApp, FixtureError> =>
    Layer.scoped(
      MockApp,
      Effect.acquireRelease(build(options), ({ app }) => Effect.promise(() => machine(() => app.close())))
    )

  /** A new world of the app, with the `HttpClient` and the `Clock` that go with it. It ends with the scope. */
  static readonly layerWorld = (
    options: MockServer.WorldOptions = {}
  ): Layer.Layer<MockServer | HttpClient.HttpClient, ScenarioError, MockApp> =>
    Layer.scopedContext(Effect.flatMap(makeWorld(options), contextOf))

  /** A new world for every build of the layer, over an app that all tests of the process share. */
  static readonly layer = (
    options: MockServer.Options = {}
  ): Layer.Layer<MockServer | HttpClient.HttpClient, FixtureError | ScenarioError> =>
    MockServer.layerWorld(options).pipe(Layer.provide(Layer.effect(MockApp, sharedApp(options))))

  /**
   * The settings of an application that is configured by the environment: `PIXXEL_BASE_URL` and `PIXXEL_API_KEY` of
   * this world. With it, `Pixxel.layerConfig` needs no change.
   *
   * Every other setting comes from the `ConfigProvider` that the program has when the layer is built, by default the
   * environment. Settings that begin with `PIXXEL_` never do: a real key or URL stays out of the world.
   */
  static readonly layerConfigProvider: Layer.Layer<never, never, MockServer> = Layer.unwrapEffect(
    Effect.flatMap(MockServer, ({ baseUrl, token }) =>
      Effect.configProviderWith((present) => {
        const settings = new Map([
          ["PIXXEL_BASE_URL", baseUrl],
          ["PIXXEL_API_KEY", Redacted.value(token)]
        ])
        return Effect.succeed(Layer.setConfigProvider(worldConfigProvider(settings, present)))
      })
    )
  )
}

/**
 * @since 0.1.0
 * @category services
 */
export declare namespace MockServer {
  export interface Service {
    /** Name of the world. Only the base URL and the tokens depend on it. */
    readonly world: string
    /** The base URL for a client of this world. */
    readonly baseUrl: string
    /** Token of the owner, with all rights. */
    readonly token: Redacted.Redacted
    /** Token of a role, or of a name in `tokens`. `viewer`, `expired` and `revoked` get a 403. */
    readonly tokenOf: (role: Role | (string & {})) => Redacted.Redacted
    /** Advances time by `duration`; completes after all fibers that woke on the way have run. */
    readonly advance: (duration: Duration.DurationInput) => Effect.Effect<void>
    /** Queues a story, named by its job fixture, for the next `create` of its workflow. */
    readonly enqueue: (story: string) => Effect.Effect<void>
    /**
     * Sends a signal to a job whose story waits for it, such as `waits-for-go`, which waits for `start` and `finish`.
     * Dies for a job that does not exist or never waits for it.
     */
    readonly signal: (jobId: string, name: string) => Effect.Effect<void>
    /** Faults of this world's answers. */
    readonly faults: {
      /**
       * Replaces the plan by another, or by the one of a name; attempts and times count from now. A rule that never
       * took effect fails a program that otherwise succeeded, unless it is `optional`.
       */
      readonly use: (plan: FaultPlan | FaultPreset | (string & {})) => Effect.Effect<void, FaultPlanError>
      /** Number of times each rule of the plan has taken effect. */
      readonly fired: Effect.Effect<ReadonlyArray<number>>
    }
    /** Requests of this world, in order. */
    readonly requests: Effect.Effect<ReadonlyArray<JournalEntry>>
    /** Fails unless the world got the expected requests: `verify({ operation: "createJob", times: 1 })`. */
    readonly verify: (expected: Expectation) => Effect.Effect<void, VerificationFailed>
    /** Violations of the rules of conduct so far, without the rules that are switched off. */
    readonly conduct: (rules?: Conduct) => Effect.Effect<ReadonlyArray<Violation>>
    /**
     * Saves the world as plain JSON after all requests on the wire are answered: jobs, queued stories, faults, journal
     * and time. An open request is only in the journal, without an end.
     */
    readonly save: Effect.Effect<Snapshot>
    /**
     * Restores a snapshot of this world, or of another one of the same seed and fixtures: the same requests get the
     * same answers again. Also sets the program's time back. Fails while requests are open or a fiber waits on the
     * clock, and when the snapshot has another seed or other fixtures.
     */
    readonly restore: (snapshot: Snapshot) => Effect.Effect<void, WorldBusy | SnapshotError>
    /** Stops time while an effect runs whose work the world cannot see: a worker, a child process. */
    readonly busyWhile: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
    /** The `HttpClient` of this layer: its exchanges stop the world's time. */
    readonly httpClient: HttpClient.HttpClient
    /** The clock of the world, which is also the program's. */
    readonly clock: Clock.Clock
    /** A `fetch` over the same transport, for code without Effect. */
    readonly fetch: typeof globalThis.fetch
    /** State of the world's time. */
    readonly time: Time
  }

  /** State of a world's time. */
  export interface Time {
    /** Milliseconds since 1970. */
    readonly now: number
    /** Milliseconds since the world began. */
    readonly elapsed: number
    /** Whether no sleeper is left and no message is on the wire, as a test expects at the end. */
    readonly idle: boolean
    /** Describes the work that stops time in this world. */
    describe(): string
  }

  /** Names of the shipped fault plans. */
  export type FaultPreset = "flaky" | "throttled" | "brownout" | "lossy-download" | "eventually-consistent"

  /**
   * Names of the shipped scenarios: the fault plans, and variants of the API's shapes. `zero-values` has Go's zero
   * value for all unset values, `legacy-shapes` the documented forms of other and older resources: other timestamps,
   * other status words, base64.
   */
  export type ScenarioPreset = FaultPreset | "zero-values" | "legacy-shapes"

  export interface WorldOptions {
    /**
     * Transport of requests. Default: the environment variable `PIXXEL_MOCK_TRANSPORT`, else `inProcess`, and on Deno
     * and Bun before 1.4 `socket`. Both have the same parsers and the same outcome; `socket` takes about twice the time.
     */
    readonly transport?: Transport | undefined
    /**
     * Hosts beside the mock's own that the client reaches, over the network: `["localhost:4566"]`. A name without a
     * port stands for all its ports; there are no wildcards, and the paid API's own host is refused. Time stands still
     * during such a request. Any other host fails with `HostNotAllowed`. Default: none.
     */
    readonly allowHosts?: ReadonlyArray<string> | undefined
    /**
     * `auto` (default) jumps to the next event; `manual` passes only by `advance`; `followTestClock` follows the
     * `TestClock` that the program has when the layer is built (see above).
     */
    readonly clock?: ClockMode | "followTestClock" | undefined
    /**
     * Initial state of the world: stories, faults, quirks, tokens and seed, or the name of a scenario of your fixtures
     * or a shipped one. The other options take precedence; quirks and tokens are merged.
     */
    readonly scenario?: Scenario | ScenarioPreset | (string & {}) | undefined
    /** Seed of ids, signatures and random numbers. Default: the same for every world. */
    readonly seed?: string | undefined
    /** Additional tokens, with a role for each project. */
    readonly tokens?: TokenTable | undefined
    /**
     * Quirks of answers that belong to no story (unknown ids, lists, errors), and of every planned story, under its own
     * quirks: `{ everyStory: { unset: "zero" } }`. Default: none.
     */
    readonly quirks?: WorldQuirks | undefined
    /** Largest number of jobs beside those of the fixtures, and of queued stories. Default: 10 000. */
    readonly maxJobs?: number | undefined
    /** Cap of virtual time, in milliseconds; a `TestClock` has none. Default: 7 days. */
    readonly cap?: number | undefined
    /**
     * Whether a program that succeeded fails for leftovers: faults that never took effect, stories that no job
     * followed, requests that matched no operation. Default: `true`.
     */
    readonly leftovers?: boolean | undefined
    /** Rules of conduct that a program must keep to succeed; each can be switched off. Default: all. */
    readonly conduct?: Conduct | false | undefined
    /**
     * Folder for the replay capsule of a failed program; `false`: none. Default: the environment variable
     * `PIXXEL_MOCK_CAPSULES` (a folder, or `off`), else `pixxel-mock` in the folder for temporary files.
     */
    readonly capsules?: string | false | undefined
  }

  export interface Options extends WorldOptions, MockApp.Options {}
}

/** The `Random` of a world's program: the same numbers in every run. */
const installRandom = (seed: string) =>
  Effect.locallyScopedWith(DefaultServices.currentServices, Context.add(Random.Random, Random.make(seed)))

/** Makes the services of the layer, on the world's time; a program that follows a clock keeps it. */
const contextOf = ({ seed, service }: { readonly seed: string; readonly service: MockServer.Service }) =>
  installRandom(seed).pipe(
    Effect.zipRight(service.time instanceof VirtualTime ? VirtualClock.install(service.time) : Effect.void),
    Effect.as(Context.make(MockServer, service).pipe(Context.add(HttpClient.HttpClient, service.httpClient)))
  )
