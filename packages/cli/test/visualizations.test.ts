/** Visualizations on the command line, against the embedded mock. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { stripVTControlCharacters } from "node:util"
import { afterAll, assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { interrupted, json, pixxel, scripted } from "./harness.js"

const folder = mkdtempSync(join(tmpdir(), "pixxel-visualizations-"))
afterAll(() => rmSync(folder, { recursive: true }))

describe("pixxel visualizations", () => {
  it.effect("lists visualizations in all forms, and by their index", () =>
    Effect.gen(function* () {
      const line = "visualizations list aoi-north-field --mock"
      const text = (yield* pixxel(line)).stdout
      expect(text.replaceAll(/\d{4}-[\d-]+T[\d:]+Z/g, "TIME")).toMatchInlineSnapshot(`
        "ID                          INDEX                STATUS           PROGRESS  CREATED
        visualization-north-ndvi    index-ndvi           success          100 %     TIME
        visualization-north-stress  index-canopy-stress  success          100 %     TIME
        visualization-north-colour  index-true-colour    partial_success  100 %     TIME
        visualization-north-water   index-ndwi           failed           100 %     TIME
        "
      `)
      const { visualizations } = JSON.parse((yield* pixxel(`${line} --json`)).stdout)
      const lines = (yield* pixxel(`${line} --jsonl`)).stdout.trim().split("\n")
      assert.deepStrictEqual(
        lines.map((it) => JSON.parse(it).id),
        visualizations.map(({ id }: { id: string }) => id)
      )
      const ndvi = yield* pixxel(`${line} --index index-ndvi --jsonl`)
      assert.lengthOf(ndvi.stdout.trim().split("\n"), 1)
    })
  )

  it.effect("suggests the list of AOIs for an unknown AOI", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("visualizations list nowhere --mock")
      assert.strictEqual(code, 5)
      assert.include(stderr, "pixxel aois list --mock")
    })
  )

  const create = "visualizations create aoi-north-field --index index-red-edge --mock"

  it.effect("creates, waits with a line for each change, and shows the end", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* pixxel(`${create} --wait`)
      assert.strictEqual(code, 0)
      assert.match(stderr, /creating {2}0 %\n.*success {2}100 %/)
      assert.match(stdout, /status +success/)
      const jsonl = yield* pixxel(`${create} --wait --jsonl`)
      const events = jsonl.stdout
        .trim()
        .split("\n")
        .map((it) => JSON.parse(it))
      assert.deepStrictEqual(
        events.map(({ event, visualization }) => [event, visualization.status]),
        [
          ["changed", "creating"],
          ["changed", "success"],
          ["ended", "success"]
        ]
      )
    })
  )

  it.effect("creates one of some assets, without a wait", () =>
    Effect.gen(function* () {
      const asset = "asset-FF01_000321_20250614_L2A_20250616_00501135"
      const { stdout } = yield* pixxel(`${create} --asset ${asset} --resolution 5 --json`)
      assert.deepInclude(JSON.parse(stdout), { status: "creating", indexName: "Red edge" })
    })
  )

  it.effect("waits for one, and says how to see a failed one and how to wait again", () =>
    Effect.gen(function* () {
      const line = "visualizations wait aoi-north-field"
      assert.strictEqual((yield* pixxel(`${line} visualization-north-ndvi --mock`)).code, 0)
      const failed = yield* pixxel(`${line} visualization-north-water --mock`)
      assert.strictEqual(failed.code, 6)
      assert.include(failed.stderr, "To see it: pixxel visualizations list --aoi aoi-north-field --mock")
      const late = yield* pixxel(`${create} --wait --timeout 5s`)
      assert.strictEqual(late.code, 7)
      assert.include(late.stderr, "The embedded mock server has ended, and its visualization with it.")
    })
  )

  const picture =
    "--aoi aoi-north-field --visualization visualization-north-ndvi --index index-ndvi --date 2025-06-14 --mock"

  it.effect("saves an image as PNG, in all forms", () =>
    Effect.gen(function* () {
      const path = join(folder, "pictures", "ndvi.png")
      const line = `visualizations png ${picture} --out ${path}`
      const text = yield* pixxel(line)
      assert.deepStrictEqual([text.code, text.stdout], [0, `Saved ${path}\n`])
      const bytes = readFileSync(path)
      assert.strictEqual(bytes.toString("latin1", 1, 4), "PNG")
      for (const form of ["--json", "--jsonl"]) {
        assert.deepStrictEqual(JSON.parse((yield* pixxel(`${line} --mode theoretical ${form}`)).stdout), { path })
      }
      assert.notDeepEqual(readFileSync(path), bytes)
    })
  )

  const terminal = { columns: 80, rows: 24 }

  it.effect("shows an image on a terminal, and saves it too with --out", () =>
    Effect.gen(function* () {
      const shown = yield* pixxel(`visualizations png ${picture} --show`, { terminal })
      assert.deepStrictEqual([shown.code, shown.stderr], [0, ""])
      const lines = stripVTControlCharacters(shown.stdout).trimEnd().split("\n")
      assert.deepStrictEqual(
        lines,
        Array.from({ length: 32 }, () => "▀".repeat(64))
      )
      assert.include(shown.stdout, ";48;5;")
      const path = join(folder, "shown.png")
      const both = yield* pixxel(`visualizations png ${picture} --show --out ${path}`, { terminal })
      assert.strictEqual(both.stdout, `${shown.stdout}Saved ${path}\n`)
      assert.strictEqual(readFileSync(path).toString("latin1", 1, 4), "PNG")
    })
  )

  it.effect.each([
    [{ TERM: "xterm-kitty" }, "\u001b_Ga=T"],
    [{ TERM: "xterm-ghostty" }, "\u001b_Ga=T"],
    [{ TERM: "xterm-256color", KITTY_WINDOW_ID: "1" }, "\u001b_Ga=T"],
    [{ TERM_PROGRAM: "iTerm.app" }, "\u001b]1337;"],
    [{ LC_TERMINAL: "iTerm2" }, "\u001b]1337;"],
    [{ TERM_PROGRAM: "WezTerm" }, "\u001b]1337;"],
    [{ TERM: "xterm-kitty", TMUX: "/tmp/tmux-1" }, "\u001b[0;38;5;"],
    [{ TERM: "screen-256color", LC_TERMINAL: "iTerm2" }, "\u001b[0;38;5;"],
    [{ TERM_PROGRAM: "vscode", KITTY_WINDOW_ID: "1" }, "\u001b[0;38;5;"],
    [{ COLORTERM: "truecolor" }, "\u001b[0;38;2;"],
    [{ NO_COLOR: "1" }, "▒"]
  ] as const)("shows an image in the way of the terminal: %j", ([env, way]) =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel(`visualizations png ${picture} --show`, { terminal, env })
      assert.include(stdout.slice(0, 200), way)
    })
  )

  const refused = [
    ["", { terminal }, "Without --out or --show, the image has no place to go."],
    ["--show", {}, "--show draws the image on a terminal, and stdout is none."],
    ["--show", { env: { TERM: "xterm-kitty", FORCE_COLOR: "1" } }, "stdout is none"],
    ["--show", { terminal, env: { TERM: "dumb" } }, "stdout is none"],
    ["--show --json", { terminal }, "--show and --json exclude each other."],
    ["--show --out a.png --jsonl", { terminal }, "--show and --jsonl exclude each other."]
  ] as const
  it.effect.each(refused)("asks for no image that it can neither show nor save: %s %j", ([options, more, says]) =>
    Effect.gen(function* () {
      const environment = scripted(() => {
        throw new Error("nothing is asked for")
      })
      const line = `visualizations png ${picture.replace(" --mock", "")} ${options}`
      const { code, stderr, stdout } = yield* pixxel(line, { environment, ...more })
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, says)
      assert.include(stderr, "To save the image: --out FILE")
    })
  )

  it.effect("saves an image that it cannot show, and says so", () =>
    Effect.gen(function* () {
      const path = join(folder, "broken.png")
      const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.from("IEND\xae\x42\x60\x82", "latin1")])
      const environment = scripted(() => new Response(png))
      const line = `visualizations png ${picture.replace(" --mock", "")} --show --out ${path}`
      const { code, stderr } = yield* pixxel(line, { environment, terminal })
      assert.strictEqual(code, 11)
      assert.include(stderr, "The image could not be shown: ")
      assert.deepStrictEqual(readFileSync(path), png)
    })
  )

  it.effect("refuses a date that is no day", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel(`visualizations png ${picture} --out a.png`.replace("06-14", "13-14"))
      assert.strictEqual(code, 2)
      assert.include(stderr, "date is no day where a calendar day such as 2025-06-14 is needed")
    })
  )

  it.effect("saves styles, in all forms", () =>
    Effect.gen(function* () {
      const out = join(folder, "styles")
      const line = `visualizations sld ${picture.replace("--index index-ndvi ", "")} --out ${out}`
      const paths = ["dynamic", "theoretical"].map((mode) => join(out, `2025_06_14-${mode}.sld`))
      assert.strictEqual((yield* pixxel(line)).stdout, paths.map((path) => `Saved ${path}\n`).join(""))
      for (const path of paths) assert.include(readFileSync(path, "utf8"), "StyledLayerDescriptor")
      const { styles } = JSON.parse((yield* pixxel(`${line} --json`)).stdout)
      assert.deepStrictEqual(styles[0], { path: paths[0], mode: "dynamic", day: "2025_06_14" })
      assert.lengthOf((yield* pixxel(`${line} --mode theoretical --jsonl`)).stdout.trim().split("\n"), 1)
      const none = yield* pixxel(line.replace("north-ndvi", "north-colour"))
      assert.strictEqual(none.stdout, "There are no styles.\n")
    })
  )

  const legendOf = (name: string, content: unknown) => {
    const path = join(folder, name)
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content))
    const words = picture.replace("--index index-ndvi --date 2025-06-14 ", "")
    return `visualizations set-legend ${words} --file ${path}`
  }
  const item = { color: "#ff0000", label: "all" }

  it.effect("sets a legend of a file, in all forms", () =>
    Effect.gen(function* () {
      const line = legendOf("dynamic.json", { "2025-06-14": [item] })
      assert.include((yield* pixxel(line)).stdout, "2025_06_14  dynamic  #ff0000  all\n")
      for (const form of ["--json", "--jsonl"]) {
        const { legend } = JSON.parse((yield* pixxel(`${line} --bins 1 ${form}`)).stdout)
        assert.deepInclude(legend["2025_06_14"].dynamic[0], item)
      }
      const full = legendOf("theoretical.json", { "2025-06-14": [{ ...item, min: -1, max: 1 }] })
      assert.strictEqual((yield* pixxel(`${full} --mode theoretical`)).code, 0)
    })
  )

  it.effect.each([
    ["text", "red", "there is no JSON."],
    ["list", [], "it is [] where an object with legends by day is needed."],
    ["null", null, "it is null where an object with legends by day is needed."],
    ["day", { "2025-06-14": {} }, "2025-06-14 is {} where a list of legends is needed."],
    ["legend", { "2025-06-14": [1] }, "2025-06-14[0] is 1 where a legend is needed."],
    ["colour", { "2025-06-14": [{ ...item, color: 1 }] }, "2025-06-14[0].color is 1 where a text is needed."],
    ["field", { "2025-06-14": [item, { color: "red" }] }, "2025-06-14[1].label is missing."]
  ] as const)("refuses a file with a wrong %s, and names its place", ([name, content, problem]) =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel(legendOf(`${name}.json`, content))
      assert.strictEqual(code, 2)
      assert.include(stderr, `The legends were not sent: in ${folder}/${name}.json, ${problem}\n`)
    })
  )

  it.effect("resets a legend only with consent", () =>
    Effect.gen(function* () {
      const line = `visualizations reset-legend ${picture}`
      assert.match((yield* pixxel(line)).stdout, /^visualization +visualization-north-ndvi\n/)
      assert.property(JSON.parse((yield* pixxel(`${line} --yes --json`)).stdout).metadata.legend, "2025_06_14")
      const { code, stderr } = yield* pixxel(line.replace(" --mock", ""), { environment: scripted(() => json({})) })
      assert.strictEqual(code, 2)
      assert.include(stderr, "loses the legends that were set")
    })
  )
})

describe("an interrupted command", () => {
  const never = () => "never" as const
  const v1 = (status: string) => ({ id: "v-1", aoi_id: "aoi-1", index_id: "index-1", status })
  const list =
    (...visualization: ReadonlyArray<object>) =>
    () =>
      json({ visualization })
  const create = "visualizations create aoi-1 --index index-1"

  it.effect("names the visualization that continues, and how to go on", () =>
    Effect.gen(function* () {
      const line = "visualizations wait aoi-1 v-1 --interval 5s --auth-scheme raw"
      const stderr = yield* interrupted(line, list(v1("creating")), never)
      assert.include(stderr, "Interrupted. Visualization v-1 continues.")
      assert.include(
        stderr,
        "To wait again: pixxel visualizations wait --aoi aoi-1 --visualization v-1 --interval 5s --auth-scheme raw\n"
      )
    })
  )

  it.effect("names the new visualization of a create that waits", () =>
    Effect.gen(function* () {
      const script = [list(), () => json(v1("creating")), list(v1("creating")), never]
      const stderr = yield* interrupted(`${create} --wait --timeout 2h`, ...script)
      assert.include(stderr, "To wait again: pixxel visualizations wait --aoi aoi-1 --visualization v-1 --timeout 2h\n")
    })
  )

  it.effect("lists those of the index while the visualization is being created", () =>
    Effect.gen(function* () {
      const stderr = yield* interrupted(`${create} --wait`, list(), never)
      assert.include(stderr, "Interrupted while a visualization was being created. The visualization may exist.")
      assert.include(stderr, ": pixxel visualizations list --aoi aoi-1 --index index-1\n")
    })
  )

  it.effect("reports one object with --json", () =>
    Effect.gen(function* () {
      const stderr = yield* interrupted("visualizations wait aoi-1 v-1 --json", list(v1("creating")), never)
      const { aoiId, tag, visualizationId } = JSON.parse(stderr).error
      assert.deepStrictEqual([tag, aoiId, visualizationId], ["Interrupted", "aoi-1", "v-1"])
    })
  )
})
