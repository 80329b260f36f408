/** A resource that only this test has: the list is all that makes its routes, state, faults, conduct and journal. */
import { afterAll, assert, beforeAll, describe, it, vi } from "vitest"
import { type Capsule, capsuleOf } from "../../src/core/Capsule.js"
import { checkPlan } from "../../src/core/faults/Check.js"
import { hashId } from "../../src/core/Ids.js"
import type { Journal } from "../../src/core/Journal.js"
import * as Fault from "../../src/Fault.js"
import { readCapsule, replay } from "../../src/replay/replay.js"
import type { Drawer, Handlers, Opening, Operation, Resource } from "../../src/resources/Resource.js"
import { type Server, type Site, start } from "../http/harness.js"

vi.mock("../../src/resources/index.js", async (original) => {
  const { resources } = await original<typeof import("../../src/resources/index.js")>()
  const { count, field, list, name, object, optional, time } = await import("../../src/core/Shape.js")
  const { notFound } = await import("../../src/http/answers.js")
  const { ApiError } = await import("../../src/http/envelope.js")
  const { pathId } = await import("../../src/http/parameters.js")
  const { worldOf } = await import("../../src/http/requests.js")

  const body = object(
    {
      project_id: field(name, "Id of the project.", ["x"]),
      name: field(name, "Name of the parcel.", ["x"]),
      key: field({ ...name, writeOnly: true }, "Key of its lock.", ["x"]),
      area: field(optional(count), "Area in hectares. Default: unknown.", [1])
    },
    { title: "a parcel" }
  )
  const common = { query: [], needs: "view", subject: "parcel", key: "parcel_id" } as const
  const one = "/v0/parcels/{parcel_id}"
  const operations = {
    createParcel: {
      ...common,
      id: "createParcel",
      method: "POST",
      route: "/v0/parcels",
      needs: "change",
      role: "create",
      body,
      projectOf: ({ body }) => Object(body).project_id
    },
    listParcels: { ...common, id: "listParcels", method: "GET", route: "/v0/parcels", role: "list", items: "parcels" },
    getParcel: { ...common, id: "getParcel", method: "GET", route: one, role: "look" },
    renameParcel: {
      ...common,
      id: "renameParcel",
      method: "PATCH",
      route: one,
      needs: "change",
      role: "read",
      body: object({ name: field(name, "New name.", ["x"]) }, { title: "a name" })
    },
    deleteParcel: { ...common, id: "deleteParcel", method: "DELETE", route: one, needs: "change", role: "delete" },
    packParcel: { ...common, id: "packParcel", method: "PUT", route: `${one}/pack`, role: "package" },
    parcelReport: { ...common, id: "parcelReport", method: "GET", route: "/v0/parcel-report", role: "read" },
    parcelImage: { ...common, id: "parcelImage", method: "GET", route: `${one}/png`, role: "read" },
    parcelHealth: {
      ...common,
      id: "parcelHealth",
      method: "GET",
      route: "/v0/parcel-health",
      needs: "nothing",
      role: "read"
    }
  } as const satisfies Record<string, Operation>

  interface Parcel {
    readonly id: string
    readonly name: string
    readonly createdAt: number
  }
  const saved = object(
    {
      parcels: list(object({ id: name, name, createdAt: time }, { title: "a parcel" }))
    },
    { title: "saved parcels", description: "Parcels.", examples: [{ parcels: [] }] }
  )

  class Parcels implements Drawer {
    readonly parcels = new Map<string, Parcel>()
    constructor(readonly opening: Opening) {}
    create(name: string, createdAt: number) {
      const parcel = { id: hashId(this.opening.seed, "parcel", "", this.parcels.size), name, createdAt }
      this.parcels.set(parcel.id, parcel)
      return parcel
    }
    view({ createdAt, id, name }: Parcel, now: number) {
      return { id, name, status: now - createdAt < 10_000 ? "running" : "done" }
    }
    position = (id: string, now: number) => {
      const parcel = this.parcels.get(id)
      return parcel && `it is ${this.view(parcel, now).status}`
    }
    createdAt = (id: string) => this.parcels.get(id)?.createdAt
    within = () => [...this.parcels.keys()]
    save = () => ({ parcels: [...this.parcels.values()] })
    problems = () => []
    restore = ({ parcels }: { readonly parcels: ReadonlyArray<Parcel> }) => {
      for (const parcel of parcels) this.parcels.set(parcel.id, parcel)
    }
  }

  type Request = Parameters<Handlers<typeof operations>["getParcel"]>[0]
  const drawerOf = (request: Request) => Reflect.get(worldOf(request).drawers, "parcels") as Parcels // opened below
  const parcelOf = (request: Request) => {
    const id = pathId(request, "parcel_id")
    const parcel = drawerOf(request).parcels.get(id)
    if (parcel === undefined) throw notFound(worldOf(request), "parcel", id)
    return parcel
  }
  const show = (request: Request, parcel: Parcel) => {
    const view = drawerOf(request).view(parcel, worldOf(request).clock.now)
    request.record?.showed(view.status)
    return view
  }
  const handlers: Handlers<typeof operations> = {
    createParcel: (request, reply) => {
      const { name } = request.body as { readonly name: string } // of its shape
      if (
        drawerOf(request)
          .save()
          .parcels.some((parcel) => parcel.name === name)
      ) {
        throw new ApiError(409, "name_taken", `There is a parcel ${name} already.`)
      }
      return reply.code(201).send(show(request, drawerOf(request).create(name, worldOf(request).clock.now)))
    },
    listParcels: (request) => ({
      parcels: drawerOf(request)
        .save()
        .parcels.map(({ id, name }) => ({ id, name }))
    }),
    getParcel: (request) => show(request, parcelOf(request)),
    renameParcel: (request) => {
      const parcel = { ...parcelOf(request), ...(request.body as { readonly name: string }) } // of its shape
      drawerOf(request).parcels.set(parcel.id, parcel)
      return show(request, parcel)
    },
    deleteParcel: (request, reply) => {
      drawerOf(request).parcels.delete(parcelOf(request).id)
      return reply.code(204).send()
    },
    packParcel: (request) => {
      request.record?.showed("pending")
      return { id: parcelOf(request).id, status: "pending" }
    },
    parcelReport: (_, reply) => reply.type("text/csv; charset=utf-8").send("id,name\n"),
    parcelImage: (_, reply) => reply.type("image/png").send(Buffer.from([0x89, 0x50])),
    parcelHealth: () => "fine"
  }
  const drawers = { parcels: { subject: "parcel", shape: saved, open: (opening: Opening) => new Parcels(opening) } }
  const parcels: Resource = { operations, handlers, drawers }
  return { resources: [...resources, parcels] }
})

let server: Server
beforeAll(async () => {
  server = await start()
})
afterAll(() => server.close())

const parcel = { project_id: "project-1", name: "north", key: "k-secret-0815" }
const create = ({ ask }: Site, body: unknown = parcel, token?: string) =>
  ask("/v0/parcels", { method: "POST", body: JSON.stringify(body), ...(token !== undefined && { token }) })

describe("a resource in the list", () => {
  it("answers 201, 200, 204, text, bytes, and without a token", async () => {
    const site = server.site()
    const { json, status } = await create(site)
    assert.deepStrictEqual([status, json.name, json.status], [201, "north", "running"])
    const path = `/v0/parcels/${json.id}`
    const renamed = await site.ask(path, { method: "PATCH", body: '{"name":"south"}' })
    assert.deepStrictEqual([renamed.status, renamed.json.name], [200, "south"])
    assert.deepStrictEqual((await site.ask("/v0/parcels")).json, { parcels: [{ id: json.id, name: "south" }] })
    const report = await site.ask("/v0/parcel-report")
    assert.deepStrictEqual([report.headers.get("content-type"), report.text], ["text/csv; charset=utf-8", "id,name\n"])
    const image = await site.ask(`${path}/png`)
    assert.deepStrictEqual([image.headers.get("content-type"), image.headers.get("content-length")], ["image/png", "2"])
    assert.strictEqual((await site.ask("/v0/parcel-health", { token: null })).text, "fine")
    const gone = await site.ask(path, { method: "DELETE" })
    assert.deepStrictEqual([gone.status, gone.text], [204, ""])
    assert.strictEqual((await site.ask(path)).json.error.message, `There is no parcel "${json.id}".`)
    assert.deepStrictEqual(
      site.world.journal.entries.map(({ bytes, operation, status }) => [operation, status, bytes !== undefined]),
      [
        ["createParcel", 201, true],
        ["renameParcel", 200, true],
        ["listParcels", 200, true],
        ["parcelReport", 200, true],
        ["parcelImage", 200, true],
        ["deleteParcel", 204, true],
        ["getParcel", 404, true]
      ]
    )
  })

  it("is known to a path that is almost right", async () => {
    const { json } = await server.site().ask("/v0/parcels/1/packing", { method: "PUT" })
    assert.include(json.error.message, "Nearest: PUT /v0/parcels/{parcel_id}/pack (packParcel)")
  })
})

describe("a body", () => {
  const refused: ReadonlyArray<readonly [what: string, body: string, ...problems: ReadonlyArray<string>]> = [
    ["none", "", "(root): found no body, expected one in JSON"],
    ["no JSON", '{"name":', "(root): 1:9 found the end of the file, expected a value"],
    [
      "too deep",
      "[".repeat(200),
      "(root): 1:101 found more than 100 lists and objects in each other, expected no more"
    ],
    ["another kind", "[]", "(root): found a list, expected a parcel"],
    ["a prototype", '{"__proto__":{}}', '__proto__: found the key "__proto__", expected any other'],
    [
      "several mistakes",
      '{"name":"","key":7,"area":-1,"colour":"red"}',
      '(root): found no "project_id", expected a text that is not empty',
      'name: found "", expected a text that is not empty',
      "key: found a secret, expected a text that is not empty",
      "area: found -1, expected a whole number from 0",
      'colour: found the key "colour", expected one of "project_id"'
    ]
  ]
  it.each(refused)("is refused with all of its problems: %s", async (_, body, ...problems) => {
    const site = server.site()
    const { json, status } = await site.ask("/v0/parcels", { method: "POST", body })
    assert.deepStrictEqual([status, json.error.code, json.error.message], [400, "invalid_body", problems[0]])
    const found: ReadonlyArray<{ path: string; message: string }> = json.error.details.problems
    assert.deepStrictEqual(
      found.map(({ message, path }) => `${path}: ${message}`),
      problems
    )
    assert.isUndefined(site.world.journal.entries[0]?.body)
  })

  it("may have up to 4 MB, where there is one", async () => {
    const site = server.site()
    const large = { ...parcel, name: "n".repeat(4_000_000) }
    assert.strictEqual((await create(site, large)).status, 201)
    assert.strictEqual((await create(site, { ...parcel, name: "n".repeat(4_200_000) })).status, 413)
    const { status } = await site.ask("/v0/workflows/wf-crop/jobs?project_id=p", {
      method: "POST",
      body: "n".repeat(300_000)
    })
    assert.strictEqual(status, 413)
  })

  it("is checked after the token and before the right in its project, and this before the thing", async () => {
    const site = server.site("field", { field: { "project-1": "owner" }, looker: { "project-1": "viewer" } })
    const token = (name: string) => `mock_${site.world.name}_${name}`
    const statuses = async (body: unknown, ...names: ReadonlyArray<string>) =>
      Promise.all(names.map(async (name) => (await create(site, body, token(name))).status))
    assert.deepStrictEqual(await statuses({}, "stranger", "expired", "looker", "field"), [401, 403, 403, 400])
    assert.deepStrictEqual(await statuses({ ...parcel, project_id: "other" }, "field"), [403])
    const path = "/v0/parcels/unknown"
    const wrong = await site.ask(path, { method: "PATCH", body: "{}" })
    const absent = await site.ask(path, { method: "PATCH", body: '{"name":"x"}' })
    assert.deepStrictEqual([wrong.status, absent.status], [400, 404])
    assert.deepStrictEqual(await statuses(parcel, "field"), [201])
    assert.deepStrictEqual(await statuses(parcel, "field"), [409])
  })
})

describe("a secret of a body", () => {
  it("is in no journal, snapshot or capsule, and the capsule is still replayed", async () => {
    const site = server.site()
    await create(site)
    await create(site, { name: parcel.key })
    await create(site, { ...parcel, key: [parcel.key] })
    const { world } = site
    assert.deepStrictEqual(world.journal.entries[0]?.body, { ...parcel, key: "*" })
    const capsule = capsuleOf(world, false)
    assert.notInclude(JSON.stringify([world.journal.entries, world.save(), capsule]), parcel.key)
    const first: Capsule = { ...(capsule as Capsule), happenings: capsule?.happenings.slice(0, 2) ?? [] } // of a whole journal
    const again = await replay(readCapsule(JSON.stringify({ ...first, journal: first.journal.slice(0, 1) })))
    assert.deepStrictEqual(JSON.stringify(again), JSON.stringify(world.journal.entries.slice(0, 1)))
  })

  it("counts towards the size of the journal", async () => {
    const site = server.site()
    for (let n = 0; n < 4; n++) await create(site, { ...parcel, name: `${n}${"n".repeat(3_000_000)}` })
    assert.isBelow(site.world.journal.entries.length, 4)
  })
})

describe("the state of a resource", () => {
  it("is saved and restored by the name of its drawer", async () => {
    const site = server.site()
    const { id } = (await create(site)).json
    const snapshot = site.world.save()
    assert.deepStrictEqual(Reflect.get(snapshot.drawers, "parcels"), {
      parcels: [{ id, name: "north", createdAt: site.clock.now }]
    })
    const other = server.site()
    other.world.restore(snapshot)
    assert.deepStrictEqual((await other.ask("/v0/parcels")).json, { parcels: [{ id, name: "north" }] })
    assert.deepStrictEqual(other.world.save().drawers, snapshot.drawers)
  })

  it("of a snapshot without it is that of a new world", async () => {
    const site = server.site()
    await create(site)
    const { drawers: _, ...snapshot } = site.world.save()
    site.world.restore({ ...snapshot, drawers: {} })
    assert.deepStrictEqual((await site.ask("/v0/parcels")).json, { parcels: [] })
    assert.strictEqual((await site.ask("/v0/workflows/wf-crop/jobs/job-done")).status, 200)
  })
})

describe("faults of a resource", () => {
  it("hide a new thing from looks, packages and lists", async () => {
    const site = server.site()
    site.world.useFaults(Fault.plan({ on: ["getParcel", "listParcels", "packParcel"] as never, do: Fault.stale("5s") }))
    const { id } = (await create(site)).json
    const look = () => site.ask(`/v0/parcels/${id}`)
    assert.strictEqual((await look()).json.error.message, `There is no parcel "${id}".`)
    assert.strictEqual((await site.ask(`/v0/parcels/${id}/pack`, { method: "PUT" })).status, 404)
    assert.deepStrictEqual((await site.ask("/v0/parcels")).json, { parcels: [] })
    site.clock.now += 5_000
    assert.strictEqual((await look()).status, 200)
    assert.deepStrictEqual((await site.ask("/v0/parcels")).json, { parcels: [{ id, name: "north" }] })
  })

  it("are refused where they make no sense", () =>
    assert.throws(
      () => checkPlan({ rules: [{ on: "createParcel", do: { stale: "5s" } }] }),
      '"getJobById", "GetOrderById", "GetOrderItemById", "GetAoiById", "getParcel", "listJobs", "ListStores", "ListOrders", "ListOrderItems", "ListDeliveries", "ListAOIs", "ListIndices" and 11 more'
    ))
})

describe("reports about a resource", () => {
  const rules = (site: Site) => site.world.judge().map(({ message, rule }) => [rule, message])
  const statusOf = (journal: Journal) => journal.entries.map(({ shown }) => shown)

  it("say that a client polls too fast, and after the end", async () => {
    const site = server.site()
    const { id } = (await create(site)).json
    const path = `/v0/parcels/${id}`
    await site.ask(path)
    await site.ask(path)
    site.clock.now += 10_000
    for (let n = 0; n < 3; n++) await site.ask(path)
    await site.ask(`${path}/pack`, { method: "PUT" })
    await site.ask(`${path}/pack`, { method: "PUT" })
    assert.deepStrictEqual(statusOf(site.world.journal), [
      "running",
      "running",
      "running",
      "done",
      "done",
      "done",
      "pending",
      "pending"
    ])
    assert.deepStrictEqual(
      rules(site).map(([rule]) => rule),
      ["pollFloor", "pollFloor", "pollAfterEnd"]
    )
  })

  it("say that a create was repeated without a look at the list", async () => {
    const site = server.site()
    site.world.useFaults(Fault.plan({ on: "createParcel" as never, attempts: [1], do: Fault.answer(503) }))
    await create(site)
    await create(site)
    const message =
      "#2 createParcel came after #1, which may have made a parcel (answered 503), and the parcels were not listed since: " +
      "it may pay twice"
    assert.deepStrictEqual(rules(site), [["secondCreate", message]])
  })

  it("do not blame a create after a list, or after a 409", async () => {
    const site = server.site()
    site.world.useFaults(Fault.plan({ on: "createParcel" as never, attempts: [1], do: Fault.answer(503) }))
    await create(site)
    await site.ask("/v0/parcels")
    await create(site)
    await create(site)
    await create(site, { ...parcel, name: "south" })
    assert.deepStrictEqual(rules(site), [])
  })

  it("verify requests, and tell where the thing was", async () => {
    const site = server.site()
    const { id } = (await create(site)).json
    await site.ask(`/v0/parcels/${id}`)
    const { nearest, ok } = site.world.verify({ operation: "getParcel", status: 404 })
    assert.deepStrictEqual([ok, nearest?.position], [false, "it is running"])
    assert.isTrue(site.world.verify({ operation: "createParcel", times: 1 }).ok)
  })
})
