/**
 * The Fastify app that worlds share, and the ways to it.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Dispatcher } from "undici/index.js"
import { inProcessAgent, outside, sheltered, socketAgent, type Transport } from "./clock/program.js"
import type { FixtureSet } from "./core/Fixture.js"
import { currentFixtures } from "./fixtures/folder.js"
import { FixtureError } from "./fixtures/load.js"
import { HostNotAllowed } from "./hosts.js"
import { type BuiltApp, buildServer } from "./server.js"

/** A way to the app: its origins, and what connects to them. */
interface Way {
  readonly origin: string
  readonly storageOrigin: string
  readonly dispatcher: Dispatcher
}

/** Host names that lead to the app in process. */
const apiHost = "api.pixxel-mock"
const storageHost = "storage.pixxel-mock"

const inProcessWay = (app: BuiltApp): Way => ({
  origin: `http://${apiHost}`,
  storageOrigin: `http://${storageHost}`,
  dispatcher: inProcessAgent(
    { [apiHost]: app.server, [storageHost]: app.mock.storage.server },
    (url) => new HostNotAllowed(url)
  )
})

const socketWay = async (app: BuiltApp): Promise<Way> => {
  const origin = await app.listen({ port: 0, host: "127.0.0.1" })
  // a shared app must not keep its process alive, nor must a connection that waits for another request
  for (const server of [app.server, app.mock.storage.server]) {
    server.unref()
    server.on("connection", (socket) => socket.unref())
  }
  return { origin, storageOrigin: await app.mock.storageUrl(), dispatcher: socketAgent() }
}

/**
 * One Fastify app with its two origins. It is costly to build, so worlds share it.
 *
 * @since 0.1.0
 * @category services
 */
export class MockApp extends Context.Tag("@effect-pixxel/mock-server/MockApp")<MockApp, MockApp.Service>() {}

/**
 * @since 0.1.0
 * @category services
 */
export declare namespace MockApp {
  export interface Service {
    readonly app: BuiltApp
    /** Fixtures of its worlds. */
    readonly fixtures: FixtureSet
    /** A client over the provided `fetch`. */
    readonly client: HttpClient.HttpClient
    /** The way over this transport; the first use of `socket` opens the ports. */
    readonly way: (transport: Transport) => Promise<Way>
  }

  export interface Options {
    /**
     * A folder of fixtures, or fixtures that are loaded already. Default: those that are shipped. `layer` reads a
     * folder again when a file in it has changed, `layerApp` reads it once.
     */
    readonly fixtures?: string | FixtureSet | undefined
  }
}

const makeApp = async ({ fixtures }: MockApp.Options): Promise<MockApp.Service> => {
  // the fixtures alone: the rest is each world's own, and the first one must not settle it for the others
  // no deadline of real time, where a debugger may hold the program in the middle of a request
  const app = buildServer({ fixtures, creation: "explicit", onDefect: console.error, requestTimeout: 0 })
  await app.ready()
  const inProcess = Promise.resolve(inProcessWay(app))
  let socket: Promise<Way> | undefined
  return {
    app,
    fixtures: app.mock.fixtures,
    client: await Effect.runPromise(Effect.provide(HttpClient.HttpClient, FetchHttpClient.layer)),
    way: (transport) => {
      if (transport === "inProcess") return inProcess
      socket ??= machine(() => socketWay(app))
      return socket
    }
  }
}

/** Runs code of resources that all worlds share: it belongs to none, and fake timers do not stop it. */
export const machine = <A>(run: () => A): A => outside(() => sheltered(run))

const appOf = (app: () => Promise<MockApp.Service>): Effect.Effect<MockApp.Service, FixtureError> =>
  Effect.tryPromise({ try: () => machine(app), catch: (error) => error }).pipe(
    Effect.catchAll((error) => (error instanceof FixtureError ? Effect.fail(error) : Effect.die(error)))
  )

export const build = (options: MockApp.Options): Effect.Effect<MockApp.Service, FixtureError> =>
  appOf(() => makeApp(options))

/** The apps of this process, by their fixtures. They are never closed: they keep no process alive. */
const shared = new Map<string | FixtureSet | undefined, Promise<MockApp.Service>>()

/**
 * Stored before it is built, so that layers which are built at once share it; one that fails is built again. A folder
 * is read again when it has changed: the app stays, and worlds that are made from then on have the new fixtures.
 */
export const sharedApp = ({ fixtures }: MockApp.Options): Effect.Effect<MockApp.Service, FixtureError> =>
  appOf(async () => {
    const current = typeof fixtures === "string" ? currentFixtures(fixtures) : undefined
    const app = shared.get(fixtures) ?? makeApp({ fixtures: current ?? fixtures })
    shared.set(fixtures, app)
    app.catch(() => shared.delete(fixtures))
    return current === undefined ? app : { ...(await app), fixtures: current }
  })
