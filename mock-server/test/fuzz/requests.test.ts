/**
 * Random requests to both origins and the admin routes: every answer is an intended one, and the server keeps running.
 */
import * as fc from "effect/FastCheck"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { RealClock } from "../../src/clock/RealClock.js"
import { VirtualTime } from "../../src/clock/VirtualTime.js"
import { signedUrl } from "../../src/core/Signature.js"
import { tokenOf } from "../../src/core/Token.js"
import * as Fault from "../../src/Fault.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { adminPrefix } from "../../src/http/admin/routes.js"
import { type Server, start } from "../http/harness.js"
import { bodyOf } from "../jobs.js"
import { textAfter } from "./json.js"
import { long, runs } from "./runs.js"
import {
  adminToken,
  agent,
  asHeaders,
  firstWorkflow,
  type Got,
  type Ports,
  type Sent,
  type Step,
  send,
  sentOf,
  steps,
  worlds
} from "./traffic.js"

const { workflows } = shippedFixtures()

const stackOf = (error: unknown) => (error instanceof Error ? error.stack : String(error))

describe("a server", () => {
  const defects: Array<unknown> = []
  let server: Server
  let ports: Ports

  beforeAll(async () => {
    server = await start({
      fixtures: undefined,
      creation: "onFirstUse",
      clock: () => new RealClock({ scale: 1_000 }),
      admin: { token: adminToken },
      onDefect: (error) => defects.push(error)
    })
    ports = { api: Number(new URL(server.url).port), storage: Number(new URL(await server.app.mock.storageUrl()).port) }
  })
  afterAll(async () => {
    agent.destroy()
    await server.close()
  })

  const manager = () => server.app.mock.worlds

  const begin = () => {
    defects.length = 0
    for (const { name } of manager().all) manager().drop(name)
    const tokens = { guest: { "*": "viewer" } } as const
    manager().createWith("fast", () => ({ clock: new RealClock({ scale: 1_000 }), tokens }))
    manager().createWith("still", () => ({ clock: new VirtualTime({ mode: "manual" }), tokens }))
    for (const name of worlds) {
      const world = manager().get(name)
      world?.drawers.jobs.askForPackage("job-crop-done", undefined, world.clock.now)
      world?.clock.advance(60_000, () => {})
    }
  }

  /** Returns the ids that the server has made in a world. */
  const fill = (path: string): string => {
    const world = manager().get("fast") ?? manager().get("still")
    const made = [...workflows.keys()].flatMap((id) => world?.drawers.jobs.of(id) ?? [])
    const job = made.at(-1)
    const tasks = world && job && bodyOf(world, job)["tasks"]
    const taskId = Array.isArray(tasks) ? String(tasks[0]?.id) : "no-task"
    return path
      .replaceAll("{workflow}", job?.identity.workflowId ?? firstWorkflow)
      .replaceAll("{task:0}", taskId)
      .replaceAll(/\{job:(\d)\}/g, (_, index) => made.at(-1 - Number(index))?.identity.id ?? "no-job")
  }

  /** Returns the request of a step; a step of set-up has none. */
  const requestOf = (step: Step): Sent | undefined => {
    if (step.kind === "faults") {
      manager()
        .get("fast")
        ?.faults.use(Fault.plan(...step.rules), 0)
      return undefined
    }
    if (step.kind === "restore") {
      const snapshot = manager().get(step.world)?.save()
      const payload = textAfter({ snapshot }, step.edits)
      return sentOf(
        { kind: "call", method: "POST", path: `${adminPrefix}/worlds/${step.world}/restore`, body: payload },
        ports,
        (text) => text
      )
    }
    if (step.kind !== "package") return sentOf(step, ports, fill)
    const world = manager().get(step.world)
    const done = world?.drawers.jobs.get("job-crop-done")
    const job = [...(world?.drawers.jobs.of(firstWorkflow) ?? []), ...(done ? [done] : [])].at(-1 - step.job)
    if (world === undefined || job === undefined) return undefined
    const tasks = bodyOf(world, job)["tasks"]
    const task = step.task === null || !Array.isArray(tasks) ? undefined : tasks[step.task]?.id
    const asset = { job: job.identity.id, task: typeof task === "string" ? task : undefined }
    const path = signedUrl("", world, asset, world.clock.now + step.ttl)
    return { port: ports.storage, method: step.method, path, headers: asHeaders(step.headers), payload: undefined }
  }

  /** Removes plans, which admin calls also set, when they make a client wait. */
  const hurry = () => {
    for (const world of manager().all) {
      if (/"(hang|latency|drip)"/.test(JSON.stringify(world.faults.plan))) world.useFaults({ rules: [] })
    }
  }

  const journal = () => manager().get("fast")?.journal

  /** `fault` describes the intended fault. */
  const check = (sent: Sent, got: Got | Error, fault: string): void => {
    if (got instanceof Error) {
      // a request of an unknown exchange counts as aborted
      const isGivenUp = "x-mock-exchange" in sent.headers
      // a parser error hides that the request was a HEAD, so the answer has a body
      const isNoHttp = sent.method === "HEAD" && /[\x80-\xff]/.test(sent.path)
      const isFaulted = /cut|badChunk|contentLengthOff|answer/.test(fault)
      assert.isTrue(isFaulted || isGivenUp || isNoHttp, got.message)
      return
    }
    const { headers, status, text } = got
    if (status >= 500) assert.match(fault, /answer/)
    assert.notInclude(text, "root:")
    assert.notProperty(headers, "set-cookie")
    if (status < 400 || fault !== "" || sent.method === "HEAD" || status === 417) return
    if (sent.port === ports.storage && !headers["content-type"]?.includes("json"))
      assert.match(text, /<Code>\w+<\/Code>/)
    else assert.isString(JSON.parse(text).error.message)
  }

  /** Asserts that the server still answers, in both worlds and on both origins. */
  const isWell = async () => {
    for (const world of worlds) {
      const headers = { authorization: tokenOf(world, "owner") }
      manager().get(world)?.faults.use({ rules: [] }, 0)
      const answer = await send({ port: ports.api, method: "GET", path: "/v0/workflows", headers, payload: undefined })
      assert.deepInclude(answer, { status: 200 }, String(answer))
    }
    const nowhere = await send({ port: ports.storage, method: "GET", path: "/", headers: {}, payload: undefined })
    assert.deepInclude(nowhere, { status: 404 }, String(nowhere))
  }

  it("gives an intended answer to every request, without a defect", long, async () => {
    let count = 0
    const statuses = new Map<string, number>()
    const script = fc.array(steps, { minLength: 1, maxLength: 60, size: "max" })
    const { numRuns, ...parameters } = runs("FUZZ_REQUESTS", 1_500, 100_000)
    await fc.assert(
      fc.asyncProperty(script, async (script) => {
        begin()
        for (const step of script) {
          const sent = requestOf(step)
          if (sent === undefined) continue
          const before = journal()?.count
          const got = await send(sent)
          const fault = journal()?.count === before ? undefined : journal()?.entries.at(-1)?.fault
          count++
          const key = got instanceof Error ? "error" : String(got.status)
          statuses.set(key, (statuses.get(key) ?? 0) + 1)
          assert.deepStrictEqual(defects.map(stackOf), [])
          check(sent, got, fault ?? "")
          if (step.kind !== "create" && step.kind !== "package") hurry()
        }
        await isWell()
      }),
      { ...parameters, numRuns: Math.ceil(numRuns / 20) }
    )
    console.log(`${count} requests`, Object.fromEntries([...statuses].sort()))
    assert.isAbove(count, numRuns / 2)
  })
})
