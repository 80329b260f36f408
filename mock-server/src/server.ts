/**
 * The mock as a Fastify instance, with the object store of its signed URLs. It does not load Effect, so that programs
 * without Effect can import it, and the stand-alone server starts fast.
 *
 * **Example** (a test without Effect)
 *
 * ```ts
 * import { buildServer, tokenOf } from "@effect-pixxel/mock-server/server"
 *
 * const app = buildServer({ clock: "manual" })
 * const baseUrl = await app.listen({ port: 0, host: "127.0.0.1" })
 * const headers = { authorization: `Bearer ${tokenOf("my-test", "owner")}` }
 * const jobs = `${baseUrl}/v0/workflows/wf-crop-classification/jobs`
 *
 * const created = await fetch(`${jobs}?project_id=p`, { method: "POST", headers })
 * const { id } = await created.json()
 * await app.mock.advance("my-test", "10m")
 * const found = await fetch(`${jobs}/${id}`, { headers })
 * console.log((await found.json()).status) // completed
 *
 * await app.close()
 * ```
 *
 * @since 0.1.0
 */
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { advanceClock, type WorldClock } from "./clock/index.js"
import { parseDuration } from "./core/Duration.js"
import type { FixtureSet } from "./core/Fixture.js"
import type { FaultPlan } from "./core/faults/Plan.js"
import type { Scenario } from "./core/Scenario.js"
import { duration } from "./core/Shape.js"
import { shapeProblems } from "./core/ShapeCheck.js"
import { loadFixtures, shippedFixtures } from "./fixtures/load.js"
import { beginningOf, planOf } from "./fixtures/named.js"
import { buildApi } from "./http/api.js"
import { buildStorage } from "./http/storage.js"
import { type ClockName, checkSpeed, clocksOf } from "./namedClock.js"
import { Worlds } from "./Worlds.js"

export { RealClock, VirtualTime } from "./clock/index.js"
export { FaultPlanError } from "./core/faults/Check.js"
export { ScenarioError } from "./core/Scenario.js"
export { tokenOf } from "./core/Token.js"
export * as Fault from "./Fault.js"
export { FixtureError, loadFixtures, shippedFixtures } from "./fixtures/load.js"
export type { ClockName }

/**
 * A request without a socket: method, URL, headers and body.
 *
 * @since 0.1.0
 * @category models
 */
export interface InjectOptions {
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS"
  readonly url: string
  readonly headers?: Record<string, string>
  readonly payload?: string | Buffer | object
}

/**
 * The answer to a request that needed no socket.
 *
 * @since 0.1.0
 * @category models
 */
export interface InjectResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, number | string | Array<string> | undefined>>
  readonly body: string
  readonly rawPayload: Buffer
  // the type that the caller expects
  readonly json: <A>() => A
}

/**
 * A Fastify instance, as far as a user of the mock needs it. The package brings a Fastify of its own, so that no other
 * version of it, nor of its dependencies, is installed beside the application's.
 *
 * @since 0.1.0
 * @category models
 */
export interface App {
  readonly server: Server
  /** Loads the routes, without listening. */
  readonly ready: () => PromiseLike<unknown>
  /** Listens, and gives the origin. Port 0 is any free one. */
  readonly listen: (options?: { readonly port?: number; readonly host?: string }) => Promise<string>
  readonly inject: (request: string | InjectOptions) => Promise<InjectResponse>
  readonly close: () => Promise<void>
}

/**
 * The first origin, and the mock behind it.
 *
 * @since 0.1.0
 * @category models
 */
export interface BuiltApp extends App {
  readonly mock: Mock
}

/**
 * Members of a mock server beside its routes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Mock {
  readonly worlds: Worlds
  readonly fixtures: FixtureSet
  /** The second origin. It listens when the first one does. */
  readonly storage: App
  /** Where clients reach the second origin. */
  readonly storageUrl: () => Promise<string>
  /**
   * Advances the time of a world, by milliseconds or by a duration such as `"10m"`, and ends when everything that woke
   * has run. Creates the world if its first request would. Rejects with a `RangeError` for a world that does not exist,
   * for an invalid duration and beyond the year 9999, and with `VirtualTimeExceeded` beyond the cap of virtual time.
   */
  readonly advance: (world: string, by: number | string) => Promise<void>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ServerOptions {
  /** A folder of fixtures, or fixtures that were loaded before. Default: the shipped ones. */
  readonly fixtures?: string | FixtureSet | undefined
  /** Default scenario of worlds: a scenario, or the name of one. `seed` and `faults` take precedence. */
  readonly scenario?: Scenario | string | undefined
  /** Seed of ids, signatures and random numbers. Default: `pixxel`. */
  readonly seed?: string | undefined
  /**
   * The time of a world that is created by its first request: a name, or a function that makes a clock. `"manual"`
   * stands still until `mock.advance`; `"auto"` does too, and passes over latencies at once. Default: `"real"`.
   */
  readonly clock?: ClockName | ((worldName: string) => WorldClock) | undefined
  /** How many times faster than real the clock `"real"` is, above 0. Default: 1. */
  readonly speed?: number | undefined
  /** `explicit`: only `app.mock.worlds.create` makes worlds, all other tokens are unknown. Default: `onFirstUse`. */
  readonly creation?: "onFirstUse" | "explicit" | undefined
  /**
   * The origin where clients reach the API, such as `http://mock:4010` between containers. Default: where it listens.
   * Signed URLs then lead to the same host.
   */
  readonly publicUrl?: string | undefined
  /** The origin where clients reach signed URLs, such as `https://storage.test`. Default: where it listens. */
  readonly storageUrl?: string | undefined
  /** Access to the admin routes under `/__mock/v1`: a token, and additional host names. Default: no access. */
  readonly admin?: { readonly token: string; readonly hosts?: ReadonlyArray<string> | undefined } | undefined
  /**
   * Origins of browser pages, such as `https://app.test`, that may use the API and signed URLs beside the pages of this
   * machine (`http://localhost:5173`); `*` is all. Default: none.
   */
  readonly allowedOrigins?: ReadonlyArray<string> | undefined
  /** The port of the second origin, for one that must be known beforehand. Default: any free one. */
  readonly storagePort?: number | undefined
  /** Faults of every world: a plan, or the name of one. Default: none. */
  readonly faults?: FaultPlan | string | undefined
  /** Called with the cause of a 500, which is always a defect of the mock. Default: none. */
  readonly onDefect?: ((error: unknown) => void) | undefined
  /**
   * Largest number of jobs per world beside those of the fixtures, and of queued stories; a create beyond it gets a
   * 400. Default: 10 000.
   */
  readonly maxJobs?: number | undefined
  /**
   * Largest number of worlds that requests create, beyond which the one idle longest is dropped; and of those that the
   * admin routes create. Default: 1000.
   */
  readonly maxWorlds?: number | undefined
  /**
   * Milliseconds of real time in which a request must arrive, its body included: a slower one is answered 408, and its
   * connection closed. 0: no limit. Default: 30 000.
   */
  readonly requestTimeout?: number | undefined
}

/** Nothing listens there: what a server that does not listen itself puts into signed URLs. */
const nowhere = "http://storage.invalid"

/** The second origin on the host that clients know. */
const besides = (publicUrl: string, port: number): string => {
  const url = new URL(publicUrl)
  url.port = String(port)
  return url.origin
}

/** Returns the address for clients; for all addresses, that of this machine. */
const urlOf = ({ address, family, port }: AddressInfo): string => {
  if (address === "0.0.0.0" || address === "::") return `http://127.0.0.1:${port}`
  return family === "IPv6" ? `http://[${address}]:${port}` : `http://${address}:${port}`
}

const advanceWorld = async (worlds: Worlds, name: string, by: number | string): Promise<void> => {
  const world = worlds.find(name)
  if (world === undefined) throw new RangeError(`there is no world ${JSON.stringify(name)} to advance`)
  const isNumber = typeof by === "number"
  const isRight = isNumber ? Number.isFinite(by) && by >= 0 : shapeProblems(duration, by).length === 0
  if (!isRight) {
    const expected = 'milliseconds, or a duration such as "500ms", "20s", "1m30s" or "1h"'
    throw new RangeError(`advance is ${isNumber ? by : JSON.stringify(by)}: expected ${expected}`)
  }
  const millis = isNumber ? by : parseDuration(by)
  await new Promise<void>((resolve, reject) => advanceClock(world.clock, millis, resolve, reject))
}

/**
 * A mock server that does not listen yet. Throws a `FixtureError` when the fixtures are broken, a `FaultPlanError` when
 * the fault plan is, a `ScenarioError` when the scenario is, and a `RangeError` for a clock or a speed that does not
 * exist.
 *
 * @since 0.1.0
 * @category constructors
 * @example
 * const app = buildServer()
 * const baseUrl = await app.listen({ port: 0, host: "127.0.0.1" })
 * // with the token mock_any-name_owner; then
 * await app.close()
 */
export const buildServer = (options: ServerOptions = {}): BuiltApp => {
  const {
    allowedOrigins = [],
    clock = "real",
    creation = "onFirstUse",
    onDefect = () => {},
    requestTimeout = 30_000,
    speed = 1
  } = options
  const clockOf = typeof clock === "string" ? clocksOf(clock, speed) : clock
  checkSpeed(speed)
  const given = options.fixtures ?? shippedFixtures()
  const fixtures = typeof given === "string" ? loadFixtures(given) : given
  const beginning = options.scenario === undefined ? undefined : beginningOf(fixtures, options.scenario)
  const seed = options.seed ?? beginning?.seed ?? "pixxel"
  const faults = options.faults === undefined ? beginning?.faults : planOf(fixtures, options.faults)
  const onFirstUse = creation === "onFirstUse" ? clockOf : undefined
  const ownsClocks = typeof clock === "string"
  const { maxJobs, maxWorlds } = options
  const worlds = new Worlds({ fixtures, seed, beginning, faults, onFirstUse, ownsClocks, maxJobs, limit: maxWorlds })
  const storage = buildStorage({ worlds, seed, onDefect, allowedOrigins, requestTimeout })
  let storageUrl = Promise.resolve(options.storageUrl ?? nowhere)
  const admin = options.admin && { token: options.admin.token, hosts: options.admin.hosts ?? [] }
  const app = buildApi({ worlds, seed, onDefect, admin, allowedOrigins, requestTimeout, storageUrl: () => storageUrl })

  const mock: Mock = {
    worlds,
    fixtures,
    storage,
    storageUrl: () => storageUrl,
    advance: (world, by) => advanceWorld(worlds, world, by)
  }
  app.addHook("onReady", async () => {
    await storage.ready()
  })
  app.addHook("onListen", () => {
    const address = app.server.address()
    const host = address !== null && typeof address === "object" ? address.address : "127.0.0.1"
    const listening = storage.listen({ host, port: options.storagePort ?? 0 })
    storageUrl = listening.then(() => {
      const address = storage.server.address() as AddressInfo // it listens
      if (options.storageUrl !== undefined) return options.storageUrl
      return options.publicUrl === undefined ? urlOf(address) : besides(options.publicUrl, address.port)
    })
    return listening
  })
  app.addHook("onClose", () => storage.close())
  return Object.assign(app, { mock })
}
