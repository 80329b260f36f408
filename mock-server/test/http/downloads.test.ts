import { unzipSync } from "fflate"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { tokenOf } from "../../src/core/Token.js"
import { fixtures } from "./fixtures.js"
import { type Server, type Site, start } from "./harness.js"

const jobs = "/v0/workflows/wf-crop/jobs"
const put = { method: "PUT" }

interface Ready {
  readonly site: Site
  readonly job: { readonly id: string; readonly tasks: ReadonlyArray<{ readonly id: string; readonly name: string }> }
  readonly url: string
}

describe("downloads", () => {
  let server: Server
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.close())

  /** Makes a completed job, and returns the signed URL of its package. */
  const ready = async (what: (job: Ready["job"]) => string = () => ""): Promise<Ready> => {
    const site = server.site()
    const job = (await site.ask(`${jobs}?project_id=p`, { method: "POST" })).json
    site.clock.now += 30_000
    await site.ask(`${jobs}/${job.id}${what(job)}/download`, put)
    site.clock.now += 10_000
    const { json } = await site.ask(`${jobs}/${job.id}${what(job)}/download`, put)
    return { site, job, url: json.signed_url }
  }

  it("of an unfinished job are refused, with its position", async () => {
    const { ask } = server.site()
    const { id } = (await ask(`${jobs}?project_id=p`, { method: "POST" })).json
    const { json, status } = await ask(`${jobs}/${id}/download`, put)
    assert.strictEqual(status, 400)
    const position = 'asked at 0 s, "running"; would be "completed" at 30 s'
    assert.deepStrictEqual(json.error.details, { found: "running", expected: "completed", position })
    assert.include(json.error.message, position)
  })

  it("are pending from the first request on, then stay ready", async () => {
    const { ask, clock } = server.site()
    const { id } = (await ask(`${jobs}?project_id=p`, { method: "POST" })).json
    const answer = async () => (await ask(`${jobs}/${id}/download`, put)).json
    clock.now += 60_000
    assert.deepStrictEqual(await answer(), { id, status: "pending", signed_url: "", workflowId: "wf-crop" })
    clock.now += 9_999
    assert.strictEqual((await answer()).status, "pending")
    clock.now += 1
    const first = await answer()
    assert.strictEqual(first.status, "ready")
    assert.deepStrictEqual(await answer(), first)
  })

  it("are real ZIP files on another origin, without a token", async () => {
    const { job, site, url } = await ready()
    assert.notStrictEqual(new URL(url).origin, server.url)
    const response = await fetch(url)
    assert.strictEqual(response.status, 200)
    const bytes = new Uint8Array(await response.arrayBuffer())
    assert.strictEqual(response.headers.get("content-type"), "application/zip")
    assert.strictEqual(response.headers.get("content-length"), String(bytes.length))
    assert.strictEqual(response.headers.get("content-disposition"), `attachment; filename="job-${job.id}.zip"`)
    assert.strictEqual(response.headers.get("date"), new Date(site.clock.now).toUTCString())
    const files = unzipSync(bytes)
    const manifest = JSON.parse(new TextDecoder().decode(files["manifest.json"]))
    assert.strictEqual(manifest.job_id, job.id)
    const outputs = manifest.outputs.map(({ file }: { readonly file: string }) => file)
    assert.sameMembers(Object.keys(files), ["manifest.json", ...outputs])
  })

  it("contain GeoJSON vectors, CSV tables and GeoTIFF rasters, with names that stay in their folder", async () => {
    const files = unzipSync(new Uint8Array(await (await fetch((await ready()).url)).arrayBuffer()))
    const text = (name: string) => new TextDecoder().decode(files[name])
    const { features } = JSON.parse(text("outputs/classify/1-fields.geojson"))
    assert.deepStrictEqual(features[0].geometry, { type: "Point", coordinates: [77, 13] })
    assert.strictEqual(text("outputs/classify/2-classes.tif").slice(0, 4), "II*\0")
    assert.match(text("outputs/-report/1--areas.csv"), /^crop,hectares\n(\d\.\d{4},\d\.\d{4}\n){3}$/)
  })

  it("are the same bytes each time, in every world of a seed", async () => {
    const fetched = async () => {
      const response = await fetch((await ready()).url)
      return [response.headers.get("etag"), Buffer.from(await response.arrayBuffer()).toString("base64")]
    }
    assert.deepStrictEqual(await fetched(), await fetched())
  })

  it("answer HEAD with the headers alone", async () => {
    const { url } = await ready()
    const [head, get] = [await fetch(url, { method: "HEAD" }), await fetch(url)]
    const named = (response: Response) => ["content-length", "etag", "content-type"].map((n) => response.headers.get(n))
    assert.deepStrictEqual([head.status, named(head)], [200, named(get)])
    assert.strictEqual(await head.text(), "")
    await get.arrayBuffer()
  })

  describe("of a task", () => {
    it("are refused until the task has completed", async () => {
      const { ask } = server.site()
      const { id, tasks } = (await ask(`${jobs}?project_id=p`, { method: "POST" })).json
      assert.strictEqual((await ask(`${jobs}/${id}/tasks/${tasks[0].id}/download`, put)).status, 400)
    })

    it("contain only the outputs of that task, and name their parents in snake case", async () => {
      const { job, site, url } = await ready((job) => `/tasks/${job.tasks[0]?.id}`)
      const task = job.tasks[0]
      const { json } = await site.ask(`${jobs}/${job.id}/tasks/${task?.id}/download`, put)
      assert.deepStrictEqual(json, {
        id: task?.id,
        job_id: job.id,
        workflow_id: "wf-crop",
        status: "ready",
        signed_url: url
      })
      const files = unzipSync(new Uint8Array(await (await fetch(url)).arrayBuffer()))
      const outputs = Object.keys(files).filter((name) => name !== "manifest.json")
      assert.isAbove(outputs.length, 0)
      for (const name of outputs) assert.isTrue(name.startsWith(`outputs/${task?.name}/`), name)
    })

    it("of an unknown task are 404", async () => {
      const { job, site } = await ready()
      const { json, status } = await site.ask(`${jobs}/${job.id}/tasks/nope/download`, put)
      assert.strictEqual(status, 404)
      assert.include(json.error.message, "There is no task")
    })
  })

  describe("with a signed URL", () => {
    const code = async (response: Response) => /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1]

    it("that has expired on the world's clock get a 403 in the format of an object store", async () => {
      const { site, url } = await ready()
      site.clock.now += 15 * 60_000 - 1
      const last = await fetch(url)
      await last.arrayBuffer()
      site.clock.now += 1
      const late = await fetch(url)
      assert.deepStrictEqual([last.status, late.status], [200, 403])
      assert.strictEqual(late.headers.get("content-type"), "application/xml")
      assert.strictEqual(await code(late), "AccessDenied")
    })

    const forged: ReadonlyArray<readonly [what: string, change: (url: URL) => void]> = [
      ["a later expiry", (url) => url.searchParams.set("expires", "9999999999999")],
      ["another signature", (url) => url.searchParams.set("signature", "0".repeat(64))],
      ["a short signature", (url) => url.searchParams.set("signature", "0")],
      ["no signature", (url) => url.searchParams.delete("signature")],
      ["two signatures", (url) => url.searchParams.append("signature", "0")],
      ["no query", (url) => Object.assign(url, { search: "" })],
      ["another job", (url) => Object.assign(url, { pathname: url.pathname.replace(/jobs\/[^/]+/, "jobs/other") })],
      ["another world", (url) => Object.assign(url, { pathname: url.pathname.replace(/\/w\/[^/]+/, "/w/other") })]
    ]
    for (const [what, change] of forged) {
      it(`with ${what} get a 403`, async () => {
        const url = new URL((await ready()).url)
        change(url)
        const response = await fetch(url)
        assert.strictEqual(response.status, 403)
        assert.strictEqual(await code(response), "SignatureDoesNotMatch")
      })
    }

    it("of one world are invalid in another of the same seed", async () => {
      const { site, url } = await ready()
      const other = await ready()
      const moved = url.replace(`/w/${site.world.name}/`, `/w/${other.site.world.name}/`)
      assert.strictEqual((await fetch(moved)).status, 403)
    })

    it("and a token are refused, which the journal shows", async () => {
      const { site, url } = await ready()
      const authorization = `Bearer ${tokenOf(site.world.name, "owner")}`
      const response = await fetch(url, { headers: { authorization } })
      assert.strictEqual(response.status, 400)
      const entry = site.world.journal.entries.at(-1)
      assert.deepInclude(entry, { operation: "getPackage", credential: "bearer owner", status: 400 })
    })

    it("leave no signature and no world in the journal", async () => {
      const { job, site, url } = await ready()
      await (await fetch(url)).arrayBuffer()
      const entry = site.world.journal.entries.at(-1)
      assert.deepInclude(entry, { path: `/jobs/${job.id}/package.zip`, route: "/jobs/{job}/package.zip", status: 200 })
      assert.deepStrictEqual(entry?.query, {
        expires: String(new URL(url).searchParams.get("expires")),
        signature: "right"
      })
      assert.notInclude(JSON.stringify(site.world.journal.entries), new URL(url).searchParams.get("signature") ?? "")
    })

    it("of a job with an id of the maximum length are valid", async () => {
      const id = "x".repeat(1_000)
      const workflow = { ...fixtures.workflows.get("wf-crop")!, jobs: [{ id, story: "crop", age: "1h" }] }
      const other = await start({ fixtures: { ...fixtures, workflows: new Map([["wf-crop", workflow]]) } })
      const { ask, clock } = other.site()
      const download = () => ask(`${jobs}/${id}/download`, put)
      await download()
      clock.now += 10_000
      const response = await fetch((await download()).json.signed_url)
      assert.strictEqual(response.status, 200)
      await response.arrayBuffer()
      await other.close()
    })

    it("to other paths get a 404 in the format of an object store", async () => {
      const { url } = await ready()
      const response = await fetch(new URL("/etc/passwd", url))
      assert.strictEqual(response.status, 404)
      assert.strictEqual(await code(response), "NoSuchKey")
    })
  })
})
