/**
 * The admin routes under `/__mock/v1`: worlds, their stories, signals, faults, clocks, journals and saves, for tests in
 * any language. They exist only in a server with an admin token.
 */
import type { FastifyInstance, FastifyRequest } from "fastify"
import { advanceClock, RealClock, VirtualTime } from "../../clock/index.js"
import { capsuleOf } from "../../core/Capsule.js"
import { parseDuration } from "../../core/Duration.js"
import { checkPlan, FaultPlanError } from "../../core/faults/Check.js"
import type { FaultPlan } from "../../core/faults/Plan.js"
import { knownWords } from "../../core/Problem.js"
import { mostSaves, type Saves } from "../../core/Saves.js"
import { ScenarioError } from "../../core/Scenario.js"
import { type Snapshot, SnapshotError } from "../../core/Snapshot.js"
import { tokenOf } from "../../core/Token.js"
import { type World, WorldBusyError } from "../../core/World.js"
import { areShipped } from "../../fixtures/load.js"
import { deepestLevel, tooDeep } from "../../fixtures/locate.js"
import { namedPlan } from "../../fixtures/named.js"
import { TooManyWorlds, type Worlds } from "../../Worlds.js"
import { refuse } from "../bodies.js"
import { ApiError } from "../envelope.js"
import { type Body, readBody, readWorld } from "./bodies.js"
import { type AdminAccess, guard } from "./guard.js"
import { openapi } from "./openapi.js"

/** Where the admin routes are. */
export const adminPrefix = "/__mock/v1"

const notFound = (message: string) => new ApiError(404, "not_found", message)

/** A name that nothing has, and the names that there are. */
const unknown = (what: string, name: string, names: ReadonlyArray<string>): string =>
  `There is no ${what} ${JSON.stringify(name.slice(0, 80))}; ${knownWords(`${what}s`, names, name)}.`

/** Bodies with an export in them: no journal is larger, and a world has few jobs. */
const exportLimit = 64 * 1024 * 1024

/** The problems of a part of the body, under its key. */
const under = (key: string, { problems }: FaultPlanError | ScenarioError | SnapshotError) =>
  problems.map(({ message, path }) => ({ path: path === "(root)" ? key : `${key}.${path}`, message }))

/** A mistake of the caller that only the world notices, such as a story that does not exist. */
const orRefused = <A>(run: () => A): A => {
  try {
    return run()
  } catch (error) {
    if (error instanceof RangeError) throw new ApiError(400, "invalid_body", error.message)
    if (error instanceof ScenarioError) refuse(under("scenario", error))
    if (error instanceof SnapshotError) refuse(under("snapshot", error))
    if (error instanceof TooManyWorlds) throw new ApiError(409, "too_many_worlds", error.message)
    if (error instanceof WorldBusyError) throw new ApiError(409, "busy", error.message)
    throw error
  }
}

export const adminRoutes =
  (worlds: Worlds, access: AdminAccess) =>
  async (admin: FastifyInstance): Promise<void> => {
    const check = guard(access)
    admin.addHook("onRoute", (route) => {
      route.config = { ...route.config, isOutside: true }
    })
    admin.addHook("onRequest", (request, _reply, next) => {
      check(request)
      next()
    })
    admin.removeAllContentTypeParsers()
    // shapes are closed, so a `__proto__` is an unknown key; free keys, as in a journal, are never merged
    const parse = admin.getDefaultJsonParser("ignore", "ignore")
    admin.addContentTypeParser<string>(
      "application/json",
      { parseAs: "string", bodyLimit: 1024 * 1024 },
      // many clients give every request a content type
      (request, body, done) => {
        if (body === "") return done(null, undefined)
        const deep = tooDeep(body)
        if (deep === undefined) return parse(request, body, done)
        const message = `found more than ${deepestLevel} lists and objects in each other, expected no more`
        done(new ApiError(400, "invalid_body", `${deep.line}:${deep.column} ${message}`))
      }
    )

    const worldOf = (request: FastifyRequest): World => {
      const { world: name } = request.params as { world: string } // by the route
      const world = worlds.get(name)
      if (world === undefined)
        throw notFound(
          unknown(
            "world",
            name,
            worlds.all.map((world) => world.name)
          )
        )
      return world
    }

    const savesOf = (request: FastifyRequest): Saves => {
      const { name } = worldOf(request)
      const saves = worlds.savesOf(name)
      if (saves === undefined) throw notFound(`There is no world ${name}.`)
      return saves
    }

    const savedAs = (request: FastifyRequest, name: string): Snapshot => {
      const saves = savesOf(request)
      const snapshot = saves.get(name)
      if (snapshot !== undefined) return snapshot
      throw notFound(unknown("save", name, [...saves.all.keys()]))
    }

    const show = (world: World) => ({
      name: world.name,
      seed: world.seed,
      now: new Date(world.clock.now).toISOString(),
      clock: world.clock instanceof VirtualTime ? world.clock.mode : "real",
      jobs: world.jobCount,
      requests: world.journal.count,
      openRequests: worlds.openRequests(world.name),
      token: tokenOf(world.name, "owner")
    })

    const showSave = ([name, { drawers, journal, now }]: readonly [string, Snapshot]) => ({
      name,
      now: new Date(now).toISOString(),
      jobs: drawers.jobs?.jobs.length,
      requests: journal.seq
    })

    const showFaults = ({ faults: { fired, leftovers, plan } }: World) => ({ plan, fired, leftovers })

    /** The plan that a body has, or names; `key`: where it is in the body. */
    const planOf = (body: string | FaultPlan, key?: string): FaultPlan => {
      try {
        return typeof body === "string" ? namedPlan(worlds.fixtures, body) : checkPlan(body)
      } catch (error) {
        if (error instanceof FaultPlanError) refuse(key === undefined ? error.problems : under(key, error))
        throw error
      }
    }

    let unnamed = 0
    const create = ({ clock = "real", name, speed = 1, ...begins }: Body<"createWorld">): World => {
      const faults = begins.faults === undefined ? undefined : planOf(begins.faults, "faults")
      return orRefused(() =>
        worlds.createWith(name ?? `world-${++unnamed}`, () => ({
          ...begins,
          faults,
          clock:
            clock === "manual"
              ? new VirtualTime({ mode: "manual", cap: Number.POSITIVE_INFINITY })
              : new RealClock({ scale: speed })
        }))
      )
    }

    admin.get("/openapi.json", () => openapi)
    admin.get("/worlds", () => ({ worlds: worlds.all.map(show) }))
    admin.post("/worlds", { bodyLimit: exportLimit }, (request, reply) => {
      const world = create(readWorld(request.body ?? {}))
      return reply.code(201).send(show(world))
    })
    admin.get("/worlds/:world", (request) => show(worldOf(request)))
    admin.delete("/worlds/:world", (request, reply) => {
      worlds.drop(worldOf(request).name)
      return reply.code(204).send()
    })
    admin.post("/worlds/:world/reset", (request) => {
      const world = worldOf(request)
      return show(orRefused(() => worlds.reset(world.name)) ?? world)
    })
    admin.post("/worlds/:world/stories", (request, reply) => {
      const world = worldOf(request)
      const { story, workflow } = readBody("queueStory", request.body)
      orRefused(() => world.enqueue(story, workflow))
      return reply.code(204).send()
    })
    admin.post("/worlds/:world/signals", (request, reply) => {
      const world = worldOf(request)
      const { job, signal } = readBody("signal", request.body)
      if (world.job(job) === undefined) throw notFound(unknown("job", job, world.drawers.jobs.ids))
      orRefused(() => world.signal(job, signal))
      return reply.code(204).send()
    })
    admin.get("/worlds/:world/faults", (request) => showFaults(worldOf(request)))
    admin.put("/worlds/:world/faults", (request) => {
      const world = worldOf(request)
      world.useFaults(planOf(readBody("setFaults", request.body)))
      return showFaults(world)
    })
    admin.delete("/worlds/:world/faults", (request, reply) => {
      worldOf(request).useFaults({ rules: [] })
      return reply.code(204).send()
    })
    admin.get("/worlds/:world/export", (request) => worldOf(request).save())
    admin.get("/worlds/:world/saves", (request) => ({ saves: [...savesOf(request).all].map(showSave) }))
    admin.post("/worlds/:world/saves", (request, reply) => {
      const { name } = readBody("save", request.body)
      const snapshot = worldOf(request).save()
      if (!savesOf(request).keep(name, snapshot)) {
        const message = `The world has ${mostSaves} saves, and may have no more: delete one, or save under its name.`
        throw new ApiError(409, "too_many_saves", message)
      }
      return reply.code(201).send(showSave([name, snapshot]))
    })
    admin.delete("/worlds/:world/saves/:save", (request, reply) => {
      const { save } = request.params as { save: string } // by the route
      savedAs(request, save)
      savesOf(request).drop(save)
      return reply.code(204).send()
    })
    admin.post("/worlds/:world/restore", { bodyLimit: exportLimit }, (request) => {
      const world = worldOf(request)
      const { save, snapshot } = readBody("restore", request.body)
      if ((save === undefined) === (snapshot === undefined)) {
        const found = save === undefined ? "neither" : "both"
        refuse([{ path: "(root)", message: `found ${found}, expected one of "save", "snapshot"` }])
      }
      orRefused(() => world.restore(save === undefined ? snapshot : savedAs(request, save)))
      return show(world)
    })
    admin.get("/worlds/:world/clock", (request) => ({ now: show(worldOf(request)).now }))
    admin.post("/worlds/:world/clock", async (request) => {
      const world = worldOf(request)
      const { advance } = readBody("advance", request.body)
      await new Promise<void>((resolve, reject) =>
        advanceClock(world.clock, parseDuration(advance), resolve, ({ message }) =>
          reject(new ApiError(400, "invalid_body", message))
        )
      )
      return { now: show(world).now }
    })
    admin.get("/worlds/:world/journal", (request) => {
      const { journal } = worldOf(request)
      return { count: journal.count, entries: journal.entries }
    })
    admin.post("/worlds/:world/verify", (request) => worldOf(request).verify(readBody("verify", request.body)))
    admin.post("/worlds/:world/conduct", (request) => ({
      violations: worldOf(request).judge(readBody("conduct", request.body ?? {}))
    }))
    admin.get("/worlds/:world/capsule", (request) => {
      const world = worldOf(request)
      const capsule = capsuleOf(world, areShipped(world.fixtures))
      if (capsule === undefined)
        throw new ApiError(409, "incomplete", "The world was asked more than its journal holds.")
      return capsule
    })
  }
