/**
 * Random bytes to both listening sockets: invalid and nearly valid HTTP, pipelined and partial requests. The server
 * keeps running, even with hanging connections.
 */
import * as net from "node:net"
import * as fc from "effect/FastCheck"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { RealClock } from "../../src/clock/RealClock.js"
import { VirtualTime } from "../../src/clock/VirtualTime.js"
import { signedUrl } from "../../src/core/Signature.js"
import { tokenOf } from "../../src/core/Token.js"
import * as Fault from "../../src/Fault.js"
import { type Server, start } from "../http/harness.js"
import { long, runs } from "./runs.js"

/** Two worlds: one in real time, a thousand times as fast, and one with manual time. */
const worlds = ["fast", "still"] as const
const origins = ["api", "storage"] as const

const head = (line: string, ...headers: ReadonlyArray<string>) =>
  [line, "host: localhost", ...headers, "", ""].join("\r\n")
const crop = "/v0/workflows/wf-crop"

/** Valid requests. `{package}` is a signed URL. */
const good = worlds.flatMap((world) => {
  const token = `authorization: ${tokenOf(world, "owner")}`
  return [
    head("GET /ping HTTP/1.1"),
    head("GET /v0/workflows HTTP/1.1", token),
    head(`GET ${crop}/jobs/job-done HTTP/1.1`, token),
    head(`POST ${crop}/jobs?project_id=p HTTP/1.1`, token, "content-length: 0"),
    `${head(`POST ${crop}/jobs?project_id=p HTTP/1.1`, token, "content-length: 2")}{}`,
    `${head(`POST ${crop}/jobs?project_id=p HTTP/1.1`, token, "transfer-encoding: chunked")}2\r\n{}\r\n0\r\n\r\n`,
    head(`PUT ${crop}/jobs/job-done/download HTTP/1.1`, token, "expect: 100-continue", "content-length: 1"),
    head(`GET ${crop}/jobs HTTP/1.0`, token),
    head("OPTIONS * HTTP/1.1"),
    head("CONNECT localhost:80 HTTP/1.1"),
    head("GET /ping HTTP/1.1", "connection: upgrade", "upgrade: websocket"),
    head(`GET {package:${world}} HTTP/1.1`, "range: bytes=1-5"),
    head(`HEAD {package:${world}} HTTP/1.1`),
    `${head("POST /__mock/v1/worlds HTTP/1.1", "authorization: Bearer t", "content-type: application/json", "content-length: 17")}{"clock":"manual"`,
    head(`GET /v0/workflows HTTP/1.1`, token, `x: ${"x".repeat(20_000)}`)
  ]
})

const fragments = fc.oneof(
  fc.constantFrom(
    "\r\n",
    "\n",
    "\r",
    "\0",
    ":",
    " ",
    "\t",
    "HTTP/1.1",
    "HTTP/9.9",
    "%",
    "\x80",
    "\xff",
    "GET ",
    "PRI * HTTP/2.0"
  ),
  fc.constantFrom(
    "transfer-encoding: chunked\r\n",
    "content-length: 5\r\n",
    "content-length: -1\r\n",
    "content-length: 99999999999999999999\r\n",
    "connection: close\r\n",
    "0\r\n\r\n",
    "ffffffffffffffff\r\n",
    "x-mock-exchange: x1\r\n",
    " folded: yes\r\n"
  ),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString("latin1"))
)

const splices = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.nat(2), fc.nat(60)),
  put: fc.oneof(fc.constant(""), fragments, fc.constant("again"))
})

const changed = (text: string, { at, length, put }: { at: number; length: number; put: string }): string => {
  const start = Math.floor(at * text.length)
  const cut = text.slice(start, start + length)
  return text.slice(0, start) + (put === "again" ? cut + cut : put) + text.slice(start + length)
}

/** All bytes for one connection. */
const texts = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("latin1")) },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...good), { minLength: 1, maxLength: 8 }).map((all) => all.join(""))
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.array(fc.constantFrom(...good), { minLength: 1, maxLength: 3 }),
        fc.array(splices, { minLength: 1, maxLength: 4 })
      )
      .map(([all, splices]) => splices.reduce(changed, all.join("")))
  }
)

const talks = fc.record({
  origin: fc.constantFrom(...origins),
  text: texts,
  /** Offsets at which the bytes are split into chunks. */
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
  /** Share of the bytes that is sent. */
  part: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  end: fc.constantFrom("fin", "reset", "keep")
})

const plans = fc.constantFrom(
  Fault.plan(),
  Fault.plan(Fault.on("*", Fault.latency("1s"), { chance: 0.5 })),
  Fault.plan(Fault.on("*", Fault.refuse("hang"), { chance: 0.5 }), Fault.on("*", Fault.drip(200, "1s"))),
  Fault.plan(
    Fault.on("*", Fault.cutBody(5, "hang"), { chance: 0.3 }),
    Fault.on("*", Fault.cutHead("hang"), { chance: 0.3 })
  ),
  Fault.plan(Fault.on("*", Fault.loseAnswer("reset"), { chance: 0.5 }), Fault.on("*", Fault.badChunk, { chance: 0.5 }))
)

interface Talk {
  /** Resolves to all bytes received, when the connection has ended. */
  readonly heard: Promise<string>
  /** Resolves when all bytes have been sent. */
  readonly sent: Promise<void>
  readonly hangUp: () => void
}

/** Real milliseconds after which a request counts as unanswered. */
const patience = 10_000

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

const talk = (port: number, pieces: ReadonlyArray<Buffer>, end: string): Talk => {
  const socket = net.connect(port, "127.0.0.1")
  let heard = ""
  socket.on("data", (bytes) => {
    heard += bytes.toString("latin1")
  })
  socket.on("error", () => {}) // a reset, or a write to a closed connection
  const sent = (async () => {
    for (const piece of pieces) {
      socket.write(piece)
      await turn()
    }
    if (end === "fin") socket.end()
    if (end === "reset") {
      await turn()
      socket.resetAndDestroy()
    }
  })()
  return {
    heard: new Promise((resolve) => socket.on("close", () => resolve(heard))),
    sent,
    hangUp: () => socket.destroy()
  }
}

describe("a server on the wire", () => {
  const defects: Array<unknown> = []
  let server: Server
  let ports: Readonly<Record<(typeof origins)[number], number>>

  beforeAll(async () => {
    server = await start({
      creation: "onFirstUse",
      clock: () => new RealClock({ scale: 1_000 }),
      admin: { token: "t" },
      onDefect: (error) => defects.push(error)
    })
    ports = { api: Number(new URL(server.url).port), storage: Number(new URL(await server.app.mock.storageUrl()).port) }
  })
  afterAll(() => server.close())

  const begin = () => {
    const manager = server.app.mock.worlds
    for (const { name } of manager.all) manager.drop(name)
    defects.length = 0
    manager.create("fast", { clock: new RealClock({ scale: 1_000 }) })
    manager.create("still", { clock: new VirtualTime({ mode: "manual" }) })
    for (const name of worlds) {
      const world = manager.get(name)
      world?.drawers.jobs.askForPackage("job-done", undefined, world.clock.now)
    }
  }

  const fill = (text: string) =>
    text.replaceAll(/\{package:(\w+)\}/g, (_, name) => {
      const world = server.app.mock.worlds.get(name)
      return world === undefined ? "/" : signedUrl("", world, { job: "job-done" }, world.clock.now + 1e9)
    })

  /** Sends a valid request on its own connection, and returns the answer. */
  const answerTo = async (port: number, request: string): Promise<string> => {
    const { hangUp, heard } = talk(port, [Buffer.from(request)], "keep")
    const stuck = setTimeout(hangUp, patience)
    const answer = await heard
    clearTimeout(stuck)
    return answer
  }

  const isWell = async () => {
    for (const world of worlds) {
      server.app.mock.worlds.get(world)?.faults.use({ rules: [] }, 0)
      const list = head("GET /v0/workflows HTTP/1.1", `authorization: ${tokenOf(world, "owner")}`, "connection: close")
      assert.match(await answerTo(ports.api, list), /^HTTP\/1\.1 200 OK/, world)
    }
    assert.match(await answerTo(ports.storage, head("GET / HTTP/1.1", "connection: close")), /^HTTP\/1\.1 404 /)
  }

  it("keeps running after any bytes", long, () =>
    fc.assert(
      fc.asyncProperty(fc.array(talks, { minLength: 1, maxLength: 4 }), plans, async (talks, plan) => {
        begin()
        for (const name of worlds) server.app.mock.worlds.get(name)?.faults.use(plan, 0)
        const open = talks.map(({ cuts, end, origin, part, text }) => {
          const bytes = Buffer.from(fill(text), "latin1")
          const sent = bytes.subarray(0, Math.ceil(bytes.length * part))
          const places = [0, ...cuts.map((cut) => Math.floor(cut * sent.length)), sent.length].sort((a, b) => a - b)
          const pieces = places.slice(1).map((place, index) => sent.subarray(places[index], place))
          return talk(ports[origin], pieces, end)
        })
        await Promise.all(open.map(({ sent }) => sent))
        // also while some of the connections hang
        await isWell()
        for (const { hangUp } of open) hangUp()
        for (const { heard } of open) {
          const answers = await heard
          assert.notMatch(answers, /HTTP\/1\.1 5\d\d /)
          assert.match(answers, /^(HTTP\/1\.1 \d{3} |$)/)
        }
        assert.deepStrictEqual(defects, [])
      }),
      runs("FUZZ_WIRES", 150, 10_000)
    )
  )

  describe("has a world with manual time, which is not held by", () => {
    const still = (line: string, ...headers: ReadonlyArray<string>) =>
      head(line, `authorization: ${tokenOf("still", "owner")}`, ...headers)
    const world = () => server.app.mock.worlds.get("still")!
    const advance = (millis: number) => new Promise<void>((resolve) => world().clock.advance(millis, resolve))
    const say = (text: string, end = "keep") => talk(ports.api, [Buffer.from(text)], end)
    const arrived = async (count: number) => {
      while (world().journal.count < count) await turn()
    }

    it("a request whose body does not arrive", async () => {
      begin()
      const half = say(still(`POST ${crop}/jobs?project_id=p HTTP/1.1`, "content-length: 2"))
      await arrived(1)
      await isWell()
      await advance(1_000)
      half.hangUp()
    })

    it("a request pipelined after one that sleeps", async () => {
      begin()
      world().faults.use(Fault.plan(Fault.on("listJobs", Fault.latency("5s"))), 0)
      const both = say(still(`GET ${crop}/jobs HTTP/1.1`) + still("GET /ping HTTP/1.1", "connection: close"))
      await arrived(2)
      await advance(5_000)
      assert.strictEqual((await both.heard).match(/HTTP\/1\.1 200 OK/g)?.length, 2)
    })

    it("a pipelined request whose client has disconnected", async () => {
      begin()
      world().faults.use(Fault.plan(Fault.on("listJobs", Fault.latency("5s"))), 0)
      const both = say(still(`GET ${crop}/jobs HTTP/1.1`) + still("GET /ping HTTP/1.1"))
      await arrived(2)
      both.hangUp()
      await both.heard
      await advance(5_000)
      assert.strictEqual(server.app.mock.worlds.openRequests("still"), 0)
      assert.deepStrictEqual(
        world().journal.entries.map(({ end }) => end),
        ["gone", "gone"]
      )
    })

    it.each([
      ["is reset", Fault.loseAnswer("reset")],
      ["has a bad chunk", Fault.badChunk],
      ["drips", Fault.drip(200, "1s")]
    ])("an answer that %s", async (_, effect) => {
      begin()
      world().faults.use(Fault.plan(Fault.on("getJobById", effect)), 0)
      const faulted = say(still(`GET ${crop}/jobs/job-done HTTP/1.1`, "connection: close"))
      await arrived(1)
      await advance(60_000)
      await faulted.heard
      await isWell()
    })

    it("a request that names another exchange", async () => {
      begin()
      world().faults.use(Fault.plan(Fault.on("listJobs", Fault.refuse("hang"))), 0)
      const first = say(still(`GET ${crop}/jobs HTTP/1.1`))
      await arrived(1)
      const names = Array.from({ length: 2_000 }, (_, index) => `x-mock-exchange: x${index}`)
      const others = names.map((name) => say(still("GET /ping HTTP/1.1", name)))
      await Promise.all(others.map(({ sent }) => sent))
      await isWell()
      for (const { hangUp } of [first, ...others]) hangUp()
      await first.heard
      await advance(1_000)
      await isWell()
    })
  })
})
