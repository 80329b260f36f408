/** Makes the world of a layer and its service, and judges its program at the end. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import { pointToCall } from "./callSite.js"
import { VirtualTime, type WorldTime } from "./clock/index.js"
import {
  chooseTransport,
  type FollowedTime,
  follow,
  reportsWork,
  type Transport,
  trackedFetch,
  VirtualClock
} from "./clock/program.js"
import { FaultPlanError } from "./core/faults/Check.js"
import { ScenarioError } from "./core/Scenario.js"
import { type Snapshot, SnapshotError } from "./core/Snapshot.js"
import { tokenOf } from "./core/Token.js"
import { type World, WorldBusyError } from "./core/World.js"
import { planOf } from "./fixtures/named.js"
import { reach, readHosts } from "./hosts.js"
import { MockApp } from "./MockApp.js"
import type { MockServer } from "./MockServer.js"
import { keepCapsule } from "./replay/keep.js"
import { ConductBroken, LeftOver, VerificationFailed, WorldBusy } from "./worldErrors.js"

let worlds = 0
let isChecked = false

/** Warns once per process if the clock sees only the requests and the fibers of a program. */
const warnOfUnseenWork = (): void => {
  if (isChecked) return
  isChecked = true
  if (reportsWork()) return
  const { bun } = process.versions
  console.warn(
    `mock server: ${bun === undefined ? "this runtime" : `Bun ${bun}`} does not report files, DNS, compression, crypto ` +
      "and timers, so the clock goes on without them. Run them inside of `mock.busyWhile`"
  )
}

/** `PIXXEL_MOCK_TRANSPORT=socket` runs a whole suite on sockets. */
const transportOf = ({ transport }: MockServer.WorldOptions): Transport =>
  chooseTransport(transport ?? (process.env["PIXXEL_MOCK_TRANSPORT"] === "socket" ? "socket" : undefined))

export const makeWorld = (options: MockServer.WorldOptions) =>
  Effect.gen(function* () {
    const { app, client, fixtures, way } = yield* MockApp
    warnOfUnseenWork()
    const transport = transportOf(options)
    const { dispatcher, origin, storageOrigin } = yield* Effect.promise(() => way(transport))
    const name = `t${++worlds}`
    const allowed = readHosts(options.allowHosts ?? [])
    const onStall = (report: string) => console.error(`mock world ${name}: ${report}`)
    const { cap, clock: mode } = options
    const time =
      mode === "followTestClock" ? yield* follow({ name, onStall }) : new VirtualTime({ mode, cap, name, onStall })
    const world = yield* Effect.acquireRelease(
      attempt(
        () => app.mock.worlds.create(name, { ...options, fixtures, clock: time, storageUrl: storageOrigin }),
        only(ScenarioError)
      ).pipe(Effect.onError(() => Effect.sync(() => time.dispose()))),
      (world, exit) =>
        Effect.suspend(() => {
          const verdict = Exit.isSuccess(exit) ? verdictOf(world, time, options) : Exit.void
          // before any step that may fail: the world ends even if its report fails
          app.mock.worlds.drop(name)
          time.dispose()
          report(world, Exit.zipRight(exit, verdict), options)
          return verdict
        })
    )
    const fetch = trackedFetch(time, reach(dispatcher, [origin, storageOrigin], allowed))
    const httpClient = HttpClient.transform(client, Effect.provideService(FetchHttpClient.Fetch, fetch))
    return { seed: world.seed, service: serviceOf(world, time, `${origin}/w/${name}`, httpClient, fetch) }
  })

/** Runs code that throws. Fails with the errors that `expected` returns, and dies of all others. */
const attempt = <A, E>(run: () => A, expected: (error: unknown) => E | undefined): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(run())
    } catch (error) {
      const failure = expected(error)
      return failure === undefined ? Effect.die(error) : Effect.fail(failure)
    }
  })

const only =
  <E>(kind: abstract new (...args: never) => E) =>
  (error: unknown): E | undefined =>
    error instanceof kind ? error : undefined

/** Fails a program that succeeded when it has leftovers or broke rules of conduct. */
const verdictOf = (world: World, time: WorldTime, options: MockServer.WorldOptions): Exit.Exit<void> => {
  const leftovers = options.leftovers === false ? [] : world.leftovers
  const violations = options.conduct === false ? [] : world.judge(options.conduct, time.unread)
  const defects = [
    ...(leftovers.length === 0 ? [] : [Cause.die(new LeftOver(leftovers))]),
    ...(violations.length === 0 ? [] : [Cause.die(new ConductBroken(violations))])
  ]
  if (defects.length === 0) return Exit.void
  return Exit.failCause(defects.reduce<Cause.Cause<never>>((all, one) => Cause.parallel(all, one), Cause.empty))
}

/** Prints the replay capsule of a program that failed. A console that throws does not replace the failure. */
const report = (world: World, exit: Exit.Exit<unknown, unknown>, { capsules }: MockServer.WorldOptions): void => {
  const off = capsules === false || (capsules === undefined && process.env["PIXXEL_MOCK_CAPSULES"] === "off")
  if (off || Exit.isSuccess(exit) || Cause.isInterruptedOnly(exit.cause) || world.journal.count === 0) return
  try {
    console.error(`mock world ${world.name}: the program failed\n${keepCapsule(world, capsules || undefined)}`)
  } catch {
    // the program's own failure is what the test reports
  }
}

const restore = (world: World, snapshot: Snapshot) =>
  attempt(
    () => world.restore(snapshot),
    (error) => {
      if (!(error instanceof WorldBusyError)) return only(SnapshotError)(error)
      const { message, requests, sleepers } = error
      return new WorldBusy({ requests, sleepers, message })
    }
  )

const serviceOf = (
  world: World,
  time: VirtualTime | FollowedTime,
  baseUrl: string,
  httpClient: HttpClient.HttpClient,
  fetch: typeof globalThis.fetch
): MockServer.Service => {
  const token = (role: string) => Redacted.make(tokenOf(world.name, role))
  return {
    world: world.name,
    baseUrl,
    token: token("owner"),
    tokenOf: token,
    advance: pointToCall((duration) => VirtualClock.advance(time, duration)),
    enqueue: pointToCall((story) => Effect.sync(() => world.enqueue(story))),
    signal: pointToCall((jobId, name) => Effect.sync(() => world.signal(jobId, name))),
    faults: {
      use: pointToCall((plan) => attempt(() => world.useFaults(planOf(world.fixtures, plan)), only(FaultPlanError))),
      fired: Effect.sync(() => [...world.faults.fired])
    },
    requests: Effect.sync(() => [...world.journal.entries]),
    verify: pointToCall((expected) =>
      Effect.suspend(() => {
        const { found, message, nearest, ok } = world.verify(expected)
        return ok ? Effect.void : Effect.fail(new VerificationFailed({ expected, found, nearest, message }))
      })
    ),
    conduct: (rules) => Effect.sync(() => world.judge(rules, time.unread)),
    save: Effect.zipRight(
      VirtualClock.quiet(time),
      Effect.sync(() => world.save())
    ),
    restore: pointToCall((snapshot) => Effect.zipRight(VirtualClock.quiet(time), restore(world, snapshot))),
    busyWhile: VirtualClock.busyWhile(time),
    httpClient,
    clock: time instanceof VirtualTime ? new VirtualClock.ProgramClock(time) : time.clock,
    fetch,
    time
  }
}
