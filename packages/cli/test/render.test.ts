import { type Job, WorkflowSummary } from "@effect-pixxel/client"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { assert, describe, expect, it } from "vitest"
import { bar } from "../src/render/bar.js"
import { gantt } from "../src/render/gantt.js"
import { live } from "../src/render/live.js"
import { cut, padEnd, widthOf, wrap } from "../src/render/plain.js"
import { left } from "../src/render/progress.js"
import * as results from "../src/render/results.js"
import { type Style, unstyled } from "../src/render/style.js"
import { svg } from "../src/render/svg.js"
import { type Column, list, table } from "../src/render/table.js"
import { bytes, span } from "../src/render/words.js"
import { failed, job, many, moment, running, task } from "./jobs.js"

const wide = (width: number): Style => ({ ...unstyled, width })

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("作物分類", "🛰️🛰️", "e\u0301te\u0301")
)

const widest = (lines: ReadonlyArray<string>) => Math.max(0, ...lines.map(widthOf))

describe("a text in columns", () => {
  it("has a width of two for a CJK letter or an emoji, and none for a colour", () => {
    assert.deepStrictEqual(["ab", "作物", "🛰️", "e\u0301", "\u001b[31mab\u001b[39m"].map(widthOf), [2, 4, 2, 1, 2])
  })

  it("is truncated between graphemes", () => {
    assert.deepStrictEqual(
      [cut("classify", 8), cut("classify", 5), cut("作物分類", 6), cut("👩‍🚀👩‍🚀", 3), cut("ab", 0)],
      ["classify", "clas…", "作物…", "👩‍🚀…", ""]
    )
  })

  it("never exceeds its width, truncated or wrapped, and wrapping loses no letter", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 30 }), (it, width) => {
        assert.isAtMost(widthOf(cut(it, width)), width)
        const lines = wrap(it, width)
        assert.isAtMost(widest(lines), width)
        assert.strictEqual(lines.join("").replaceAll(" ", ""), it.replaceAll(" ", ""))
      })
    )
  })

  it("is padded to a width", () => {
    assert.strictEqual(padEnd("作物", 6), "作物  ")
  })
})

describe("a table", () => {
  const workflows = Schema.decodeSync(Schema.Array(WorkflowSummary))([
    {
      id: "wf-crop-classification",
      name: "Crop classification of the northern parcels",
      projectId: "project-monsoon-2024"
    },
    { id: "wf-作物", name: "作物分類", projectId: "p-1" }
  ])

  it("has unlimited width without a terminal", () => {
    expect(list("workflows", results.workflowColumns, workflows, unstyled)).toMatchInlineSnapshot(`
      "ID                      NAME                                         PROJECT               UPDATED
      wf-crop-classification  Crop classification of the northern parcels  project-monsoon-2024  -
      wf-作物                 作物分類                                     p-1                   -"
    `)
  })

  it("truncates its long texts to fit, but no id", () => {
    expect(list("workflows", results.workflowColumns, workflows, wide(70))).toMatchInlineSnapshot(`
      "ID                      NAME             PROJECT               UPDATED
      wf-crop-classification  Crop classific…  project-monsoon-2024  -
      wf-作物                 作物分類         p-1                   -"
    `)
  })

  it("becomes lists of fields if the ids alone are too wide", () => {
    expect(list("workflows", results.workflowColumns, workflows, wide(30))).toMatchInlineSnapshot(`
      "ID       wf-crop-classificatio
               n
      NAME     Crop classification
               of the northern
               parcels
      PROJECT  project-monsoon-2024

      ID       wf-作物
      NAME     作物分類
      PROJECT  p-1"
    `)
  })

  it("is never wider than the terminal", () => {
    type Row = readonly [id: string, name: string, why: string]
    const columns: ReadonlyArray<Column<Row>> = [
      { head: "ID", of: ([id]) => id },
      { head: "NAME", cuts: true, of: ([, name]) => name },
      { head: "WHY", cuts: true, of: ([, , why]) => why }
    ]
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text, text)), fc.integer({ min: 12, max: 60 }), (rows, width) => {
        assert.isAtMost(widest(table(columns, rows, wide(width)).split("\n")), width)
      })
    )
  })

  it("has colours only if enabled", () => {
    const coloured = list("jobs", results.jobColumns, [running], { ...wide(100), colours: true })
    assert.include(coloured, "\u001b[36mrunning\u001b[39m")
    assert.notInclude(list("jobs", results.jobColumns, [running], wide(100)), "\u001b")
  })
})

describe("a formatted value", () => {
  it.each([
    [0, "0s"],
    [45_400, "45s"],
    [185_000, "3m 05s"],
    [7_380_000, "2h 03m"],
    [100 * 3_600_000, "4d 04h"],
    [-5, "0s"]
  ])("%d milliseconds are %s", (millis, words) => assert.strictEqual(span(millis), words))

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.00 kB"],
    [48_213, "48.2 kB"],
    [2_000_000_000, "2.00 GB"],
    [999_999, "1.00 MB"],
    [5_400_000_000_000_000, "5400 TB"]
  ])("%d bytes are %s", (amount, words) => assert.strictEqual(bytes(amount), words))

  it("a bar has exactly the requested width", () => {
    fc.assert(
      fc.property(fc.double({ min: -10, max: 200, noNaN: true }), fc.integer({ min: 0, max: 80 }), (share, width) => {
        assert.lengthOf(bar(share, width).join(""), width)
      })
    )
  })
})

describe("the remaining time", () => {
  const at = (progress: number | undefined, seconds: number, estimate?: number) =>
    left(
      job({
        status: "running",
        ...(progress === undefined ? {} : { progress }),
        ...(estimate === undefined ? {} : { estimatedDuration: estimate })
      }),
      moment(seconds)
    )

  it("follows the progress", () => assert.deepStrictEqual(at(25, 60, 1_000), Option.some(180_000)))
  it("follows the estimate while the progress is small", () =>
    assert.deepStrictEqual(at(2, 60, 240), Option.some(180_000)))
  it("is absent past the estimate", () => assert.deepStrictEqual(at(undefined, 300, 240), Option.none()))
  it("is absent without progress and estimate", () => assert.deepStrictEqual(at(undefined, 60), Option.none()))
  it("is absent for an ended job", () => assert.deepStrictEqual(left(failed, moment(60)), Option.none()))
})

describe("the live view", () => {
  const view = (it: Job, seconds: number, width: number, height = 24) =>
    live(it, { ...wide(width), height, now: moment(seconds) }).join("\n")

  it("shows each task with its bar, state, block and time", () => {
    expect(view(running, 120, 100)).toMatchInlineSnapshot(`
      "job job-1  running  38 %  2m 00s  about 3m 16s left
      ██████████████████████▊░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
      ✔ ingest-aoi        ████████████████████ 100 %  completed  aoi-ingest 1.0.0              45s
      ● classify-crops    █████████▍░░░░░░░░░░  47 %  running    cropclassification 1.0.0   1m 10s
      ○ summarise-parcels ░░░░░░░░░░░░░░░░░░░░   0 %  created    parcel-statistics 1.0.0         -"
    `)
  })

  it("drops the blocks, then the states, on a narrow terminal", () => {
    expect(view(running, 120, 60)).toMatchInlineSnapshot(`
      "job job-1  running  38 %  2m 00s  about 3m 16s left
      ██████████████████████▊░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
      ✔ ingest-aoi        ██████████████ 100 %  completed      45s
      ● classify-crops    ██████▋░░░░░░░  47 %  running     1m 10s
      ○ summarise-parcels ░░░░░░░░░░░░░░   0 %  created          -"
    `)
    expect(view(running, 120, 40)).toMatchInlineSnapshot(`
      "job job-1  running  38 %  2m 00s
      ███████████████▎░░░░░░░░░░░░░░░░░░░░░░░░
      ✔ ingest-aoi    █████████ 100 %      45s
      ● classify-cro… ████▎░░░░  47 %   1m 10s
      ○ summarise-pa… ░░░░░░░░░   0 %        -"
    `)
  })

  it("marks failed tasks, and tasks that never started", () => {
    expect(view(failed, 120, 80)).toMatchInlineSnapshot(`
      "job job-1  failed  73 %  1m 30s
      ███████████████████████████████████████████▊░░░░░░░░░░░░░░░░
      ✔ mask-water         ███████████████ 100 %  completed  water-mask 1.0.0      35s
      ✖ estimate-turbidity ███████████████ 100 %  failed                           50s
      ○ chart-seasons      ░░░░░░░░░░░░░░░   0 %  created                            -"
    `)
  })

  it("keeps the running and failed tasks if not all fit, and counts the others", () => {
    expect(view(many, 300, 80, 10)).toMatchInlineSnapshot(`
      "job job-1  running  55 %  5m 00s  about 4m 05s left
      █████████████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░
      ✖ tile-08 ████████████████████ 100 %  failed       40s
      ● tile-21 ████████████░░░░░░░░  60 %  running   3m 00s
      ● tile-22 ████████████░░░░░░░░  60 %  running   3m 00s
      ● tile-23 ████████████░░░░░░░░  60 %  running   3m 00s
      ○ tile-24 ░░░░░░░░░░░░░░░░░░░░   0 %  created        -
      ○ tile-25 ░░░░░░░░░░░░░░░░░░░░   0 %  created        -
      ○ tile-26 ░░░░░░░░░░░░░░░░░░░░   0 %  created        -
        … and 35 more: 20 done, 15 waiting"
    `)
  })

  it("advances with the time between two polls", () => {
    assert.include(view(running, 121, 100), "2m 01s")
  })

  it("never exceeds the terminal", () => {
    const anyTask = fc.record({
      name: text.filter((it) => it !== ""),
      block: text,
      progress: fc.integer({ min: 0, max: 100 }),
      from: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
      status: text
    })
    fc.assert(
      fc.property(
        fc.array(anyTask),
        text,
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 4, max: 30 }),
        (tasks, status, width, height) => {
          const it = job({
            status,
            tasks: tasks.map(({ from, ...rest }) => task({ ...rest, ...(from === undefined ? {} : { from }) }))
          })
          const lines = live(it, { ...wide(width), height, now: moment(200) })
          assert.isAtMost(widest(lines), width)
          assert.isAtMost(lines.length, height)
        }
      )
    )
  })

  it("has colours by outcome", () => {
    const lines = live(failed, { ...wide(80), height: 24, colours: true, now: moment(120) })
    assert.include(lines[0], "\u001b[31mfailed\u001b[39m")
    assert.include(lines[2], "\u001b[32m✔\u001b[39m")
    assert.isAtMost(widest(lines), 80)
  })
})

describe("the chart", () => {
  it("shows the times and dependencies of the tasks", () => {
    expect(gantt(running, moment(120), wide(80))).toMatchInlineSnapshot(`
      "                      0           30s         1m          1m 30s
      1 ingest-aoi        ✔   ██████████████████
      2 classify-crops    ●                     █████████████████████████████  after 1
      3 summarise-parcels ○                                                    after 2"
    `)
  })

  it("shows a failed job up to its end", () => {
    expect(gantt(failed, moment(10_000), wide(60))).toMatchInlineSnapshot(`
      "                       0                 1m
      1 mask-water         ✔  ███████████
      2 estimate-turbidity ✖             ████████████████  after 1
      3 chart-seasons      ○                               after 2"
    `)
  })

  it("is never wider than the terminal", () => {
    for (const width of [24, 40, 80, 200]) {
      assert.isAtMost(widest(gantt(many, moment(300), wide(width)).split("\n")), width)
    }
  })

  it("reports a job without tasks", () => {
    assert.strictEqual(gantt(job({}), moment(0), wide(80)), "No tasks.")
  })

  it("as an SVG has one bar per task, and one arrow per dependency between started tasks", () => {
    const drawn = svg(running, moment(120))
    assert.lengthOf([...drawn.matchAll(/<rect class=/g)], 2)
    assert.lengthOf([...drawn.matchAll(/<path class="arrow"/g)], 1)
    expect(drawn).toMatchSnapshot()
  })

  it("as an SVG contains no markup of the server", () => {
    const name = `</text><script>alert("1")</script>&`
    assert.notInclude(svg(job({ status: "<b>", tasks: [task({ name, from: 0, to: 10 })] }), moment(10)), "<script")
  })
})
