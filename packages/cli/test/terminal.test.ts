/** The built command in a terminal. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Fault } from "@effect-pixxel/mock-server"
import { afterAll, assert, describe, expect, it } from "vitest"
import { isLong, sample } from "../../../vitest.size.js"
import { built } from "./built.js"
import { polygon } from "./harness.js"
import { site } from "./site.js"
import { open, openProgram, type Size } from "./terminal.js"

const { bin, env: cache } = built()
const { world } = site()

const usual: Size = { cols: 80, rows: 24 }

const pixxel = (line: string, env: NodeJS.ProcessEnv = {}, size = usual) =>
  open([bin, ...line.split(" ")], { ...cache, ...env }, size)

const job = "--workflow wf-crop-classification --job job-crop-running"
const project = "--workflow wf-crop-classification --project project-monsoon-2024"

/** Removes the times, since a command has the real clock. */
const timeless = (screen: string) => screen.replace(/ *\b(\d+m )?\d+s\b/g, " <time>")

describe("in a terminal", () => {
  it("a wait redraws the job in place until its end, and leaves the result", async () => {
    const { clock, env } = world()
    const terminal = pixxel(`jobs wait ${job} --interval 1s`, env)
    const begun = await terminal.sees("summarise-parcels")
    expect(timeless(begun)).toMatchInlineSnapshot(`
      "job job-crop-running  running  23 % <time>  about <time> left
      █████████████▊░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
      ✔ ingest-aoi        ████████████████████ 100 %  completed <time>
      ● classify-crops    ██▎░░░░░░░░░░░░░░░░░  11 %  inprogress <time>
      ○ summarise-parcels ░░░░░░░░░░░░░░░░░░░░   0 %  created           -"
    `)
    clock.now += 145_000
    expect(timeless(await terminal.sees(/summarise-parcels .* inprogress/))).toMatchInlineSnapshot(`
      "job job-crop-running  running  85 % <time>  about <time> left
      ███████████████████████████████████████████████████░░░░░░░░░
      ✔ ingest-aoi        ████████████████████ 100 %  completed <time>
      ✔ classify-crops    ████████████████████ 100 %  completed <time>
      ● summarise-parcels ███▎░░░░░░░░░░░░░░░░  16 %  inprogress <time>"
    `)
    clock.now += 60_000
    assert.strictEqual(await terminal.ended, 0)
    expect(terminal.screen().replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "<time>")).toMatchInlineSnapshot(`
      "job         job-crop-running
      workflow    wf-crop-classification
      status      completed
      outcome     succeeded
      progress    100 %
      cost        42 tokens
      estimated   4m
      took        3m55s
      created by  user-4f1c2a
      created     <time>
      updated     <time>
      finished    <time>

      TASK               STATUS     PROGRESS  TOOK   MESSAGE
      ingest-aoi         completed  100 %     45s    -
      classify-crops     completed  100 %     2m30s  -
      summarise-parcels  completed  100 %     40s    -"
    `)
  })

  it.runIf(isLong)(
    "Ctrl-C stops a wait, leaves the last view, and prints a working command that resumes it",
    async () => {
      const { clock, env } = world()
      const first = pixxel(`jobs wait ${job} --interval 1s`, env)
      await first.sees("classify-crops")
      first.types("\u0003")
      assert.strictEqual(await first.ended, 130)
      const screen = first.screen()
      assert.include(screen, "classify-crops")
      assert.include(screen, "Interrupted. Job job-crop-running continues.")
      const [, resume] = /To wait again: pixxel (.*(?:\n.*)?)/.exec(screen) ?? []
      clock.now += 600_000
      const second = pixxel((resume ?? "").replace("\n", ""), env)
      assert.strictEqual(await second.ended, 0)
      assert.include(second.screen(), "completed")
    }
  )

  it.runIf(isLong)("the cursor is hidden during redraws, and visible after any end", async () => {
    const { env } = world()
    const terminal = pixxel(`jobs wait ${job}`, env)
    await terminal.sees("classify-crops")
    terminal.types("\u0003")
    await terminal.ended
    const cursor = terminal.written().split("\u001b[?25").slice(1)
    assert.deepStrictEqual(
      cursor.map(([letter]) => letter),
      ["l", "h"]
    )
  })

  it.each([
    { cols: 40, rows: 24 },
    { cols: 132, rows: 50 },
    { cols: 80, rows: 8 }
  ])("a view fits: $cols columns, $rows lines", async (size) => {
    const { env, world: it } = world()
    const large = it.drawers.jobs.create("wf-basin-mosaic", it.clock.now)
    const terminal = pixxel(`jobs wait --workflow wf-basin-mosaic --job ${large?.identity.id}`, env, size)
    // the end of the view: a terminal echoes Ctrl-C at once, also within a line that is being written
    await terminal.sees(/more: \d+ waiting/)
    // the redrawn view starts in the first line
    await terminal.sees(/^job/)
    terminal.types("\u0003")
    await terminal.ended
    expect(timeless(terminal.screen())).toMatchSnapshot()
  })

  it("a run asks before it spends: yes starts it", async () => {
    const { env, world: it } = world()
    const terminal = pixxel(`jobs create ${project}`, env)
    expect(await terminal.sees("[y/N]")).toMatchInlineSnapshot(`
      "This starts a job of workflow wf-crop-classification in project project-monsoon-
      2024. The estimated cost is 42 tokens.
      Start it? [y/N]"
    `)
    assert.lengthOf(it.drawers.jobs.of("wf-crop-classification"), 2)
    terminal.types("y\r")
    assert.strictEqual(await terminal.ended, 0)
    assert.lengthOf(it.drawers.jobs.of("wf-crop-classification"), 3)
  })

  const refusals = [
    ["n\r", 12, "Nothing was started."],
    ["\r", 12, "Nothing was started."],
    ["\u0004", 12, "Nothing was started."],
    ["\u0003", 130, "Interrupted. Nothing was started."]
  ] as const
  it.each(sample(refusals, 4))("a run asks before it spends: %j does not start it", async (keys, code, says) => {
    const { env, world: it } = world()
    const terminal = pixxel(`jobs run ${project}`, env)
    await terminal.sees("[y/N]")
    terminal.types(keys)
    assert.strictEqual(await terminal.ended, code)
    assert.include(terminal.screen(), says)
    assert.lengthOf(it.drawers.jobs.of("wf-crop-classification"), 2)
  })

  it("a run does not ask with --yes, nor above --max-cost, which it rejects", async () => {
    const { env, world: it } = world()
    const started = pixxel(`jobs create ${project} --yes`, env)
    assert.strictEqual(await started.ended, 0)
    assert.notInclude(started.written(), "[y/N]")
    const refused = pixxel(`jobs create ${project} --max-cost 41`, env)
    assert.strictEqual(await refused.ended, 10)
    assert.notInclude(refused.written(), "[y/N]")
    assert.lengthOf(it.drawers.jobs.of("wf-crop-classification"), 3)
  })

  it.runIf(isLong)("output has colours, none with NO_COLOR, and only plain lines on a dumb terminal", async () => {
    const { env } = world()
    const line = "jobs get --workflow wf-crop-classification --job job-crop-done"
    const written = async (more: NodeJS.ProcessEnv) => {
      const terminal = pixxel(line, { ...env, ...more })
      assert.strictEqual(await terminal.ended, 0)
      return terminal.written()
    }
    assert.include(await written({}), "\u001b[32mcompleted\u001b[39m")
    assert.notInclude(await written({ NO_COLOR: "1" }), "\u001b")
    assert.notInclude(await written({ TERM: "dumb" }), "\u001b")
  })

  it.runIf(isLong)("a table is truncated in a narrow terminal, and complete in a wide one", async () => {
    const { env } = world()
    const shown = async (cols: number) => {
      const terminal = pixxel("workflows list", env, { cols, rows: 60 })
      assert.strictEqual(await terminal.ended, 0)
      return terminal.screen()
    }
    expect(await shown(30)).toMatchSnapshot("a phone")
    expect(await shown(72)).toMatchSnapshot("narrow")
    expect(await shown(140)).toMatchSnapshot("wide")
  })

  it("Ctrl-C stops a download, keeps the received bytes, and prints a working command for the rest", async () => {
    const { clock, env, world: it } = world()
    const out = mkdtempSync(join(tmpdir(), "pixxel-terminal-"))
    it.useFaults(Fault.plan(Fault.on("getPackage", Fault.cutBody(1_000, "hang"), { attempts: [1] })))
    const line = `jobs download --workflow wf-crop-classification --job job-crop-done --out ${out} --interval 1s`
    const first = pixxel(line, env, { cols: 132, rows: 24 })
    await first.sees("the package is being built")
    clock.now += 10_000
    assert.match(await first.sees("32 %"), /^█+▉░+ {2}32 % {2}1\.00 kB of 3\.10 kB/)
    first.types("\u0003")
    assert.strictEqual(await first.ended, 130)
    const [, resume = ""] =
      /Interrupted. The received bytes are kept.\n {2}To fetch the rest: pixxel (.*)/.exec(first.screen()) ?? []
    assert.notInclude(readdirSync(out), "job-crop-done.zip")
    const second = pixxel(resume, env)
    assert.strictEqual(await second.ended, 0)
    assert.include(readdirSync(out), "job-crop-done.zip")
    const fetches = it.journal.entries.filter(({ operation }) => operation === "getPackage")
    assert.deepStrictEqual([fetches.at(-1)?.status, fetches.at(-1)?.headers["range"]], [206, "bytes=1000-"])
    rmSync(out, { recursive: true })
  })

  it.runIf(isLong)("a closed terminal ends a download, which keeps the received bytes and leaves no lock", async () => {
    const { clock, env, world: it } = world()
    const out = mkdtempSync(join(tmpdir(), "pixxel-terminal-"))
    it.useFaults(Fault.plan(Fault.on("getPackage", Fault.cutBody(1_000, "hang"), { attempts: [1] })))
    const line = `jobs download --workflow wf-crop-classification --job job-crop-done --out ${out} --interval 1s`
    const terminal = pixxel(line, env, { cols: 132, rows: 24 })
    await terminal.sees("the package is being built")
    clock.now += 10_000
    await terminal.sees("32 %")
    assert.include(readdirSync(out), "job-crop-done.zip.part.lock")
    terminal.closes()
    assert.strictEqual(await terminal.ended, 129)
    const left = readdirSync(out)
    assert.include(left, "job-crop-done.zip.part")
    assert.deepStrictEqual(
      left.filter((name) => name.includes("lock")),
      []
    )
    rmSync(out, { recursive: true })
  })

  it("a terminal closed at a question starts nothing", async () => {
    const { env, world: it } = world()
    const terminal = pixxel(`jobs create ${project}`, env)
    await terminal.sees("[y/N]")
    terminal.closes()
    assert.strictEqual(await terminal.ended, 129)
    assert.lengthOf(it.drawers.jobs.of("wf-crop-classification"), 2)
  })

  const redirected = [
    ["2>/dev/null", "y\r", 0, 3],
    ["2>/dev/null", "n\r", 12, 2],
    ["</dev/null", "y\r", 0, 3],
    ["</dev/null", "n\r", 12, 2]
  ] as const
  it.each(sample(redirected, 4))(
    "a run asks on the controlling terminal if one stream is redirected: %s, %j",
    async (redirection, keys, code, jobs) => {
      const { env, world: it } = world()
      const shell = `exec "$0" "$1" jobs create ${project} ${redirection}`
      const terminal = openProgram("/bin/sh", ["-c", shell, process.execPath, bin], { ...cache, ...env }, usual)
      await terminal.sees("[y/N]")
      terminal.types(keys)
      assert.strictEqual(await terminal.ended, code)
      assert.lengthOf(it.drawers.jobs.of("wf-crop-classification"), jobs)
    }
  )
})

describe("an image in a terminal", () => {
  it("fills the cells of its lines", async () => {
    const of = "--aoi aoi-north-field --visualization visualization-north-ndvi --index index-ndvi --date 2025-06-14"
    const terminal = pixxel(`visualizations png ${of} --show --mock`)
    assert.strictEqual(await terminal.ended, 0)
    assert.deepStrictEqual(
      terminal.screen().split("\n"),
      Array.from({ length: 32 }, () => "▀".repeat(64))
    )
  })
})

describe("a fetch in a terminal", () => {
  const folder = mkdtempSync(join(tmpdir(), "pixxel-fetch-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  const field = join(folder, "field.geojson")
  writeFileSync(field, JSON.stringify(polygon))
  const project = "--project project-monsoon-2024"
  const wide: Size = { cols: 300, rows: 24 }

  it("asks while the area comes from stdin, and goes on after Ctrl-C where it was stopped", async () => {
    const { clock, env, world: it } = world()
    const out = `${project} --name Field --out ${folder} --interval 1s`
    const range = "--from 2025-06-01 --to 2025-07-01"
    const shell = `exec "$0" "$1" fetch --file - ${range} ${out} <${field}`
    const first = openProgram("/bin/sh", ["-c", shell, process.execPath, bin], { ...cache, ...env }, wide)
    await first.sees("This creates AOI Field in project project-monsoon-2024, of 3 images by Firefly-1:")
    first.types("y\r")
    await first.sees("started  0 %")
    first.types("\u0003")
    assert.strictEqual(await first.ended, 130)
    assert.match(first.screen(), /Interrupted\. AOI \S+ continues\.\n {2}To wait again: pixxel fetch --file - /)
    clock.now += 600_000
    const [, resume = ""] = /To wait again: pixxel (.*)/.exec(first.screen()) ?? []
    const second = pixxel(resume.replace("--file -", `--file ${field}`), env, wide)
    await second.sees("download: the package is being built")
    clock.now += 60_000
    assert.strictEqual(await second.ended, 0)
    assert.match(second.screen(), /found: AOI \S+ of an earlier run\n/)
    assert.isTrue(existsSync(join(folder, "Field.zip")))
    assert.lengthOf(
      it.drawers.aois.all.filter(({ name }) => name === "Field"),
      1
    )
  })
})
