/**
 * Records the main job as an animated SVG: `npm run recording` writes it. Runs the real command against the embedded
 * mock, whose clock and ids are deterministic, so the recording is too, and a test compares it.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Ask } from "../src/Ask.js"
import { Environment } from "../src/Environment.js"
import { run } from "../src/main.js"
import { Output } from "../src/Output.js"
import { escaped } from "../src/render/svg.js"
import type { Screen } from "../src/Screen.js"

const shown = "pixxel jobs run --workflow wf-crop-classification --project project-monsoon-2024 --out results --unpack"

const screen: Screen = {
  isAttended: true,
  isTerminal: true,
  style: () => ({ width: 104, colours: true, unicode: true }),
  graphics: "none",
  isTrueColour: true,
  height: () => 30
}

/** The screen below the command line after each change. */
const frames = Effect.gen(function* () {
  const folder = mkdtempSync(join(tmpdir(), "pixxel-recording-"))
  const all: Array<ReadonlyArray<string>> = []
  let above: ReadonlyArray<string> = []
  const add = (lines: ReadonlyArray<string>) => {
    all.push(lines.map((line) => line.replaceAll(`${folder}/results`, "results")))
  }
  const print = (text: string) => {
    above = [...above, ...text.trimEnd().split("\n")]
    add(above)
  }
  const output = Output.of({
    results: screen,
    notes: screen,
    result: (text) => Effect.sync(() => print(text)),
    change: (text) => Effect.sync(() => print(text)),
    note: (text) => Effect.sync(() => print(text)),
    closed: Effect.never,
    isClosed: Effect.succeed(false),
    live: { draw: (lines) => add([...above, ...lines]), print, end: () => {} }
  })
  const argv = [...shown.replace("results", `${folder}/results`).split(" ").slice(1), "--yes", "--mock"]
  const code = yield* Effect.provide(
    run(argv),
    Layer.mergeAll(
      Environment.layer,
      Layer.succeed(Output, output),
      Layer.succeed(
        Ask,
        Ask.of({
          isPossible: Effect.succeed(false),
          yesOrNo: () => Effect.succeed(false),
          secret: () => Effect.succeedNone,
          input: Effect.succeed("")
        })
      )
    )
  )
  rmSync(folder, { recursive: true })
  if (code !== 0) return yield* Effect.dieMessage(`the recorded command ended with ${code}`)
  return all
})

/** Samples at most `most` frames evenly, including the last. */
const sampled = <A>(all: ReadonlyArray<A>, most: number): ReadonlyArray<A> =>
  all.filter((_, at) => at === all.length - 1 || at % Math.ceil(all.length / most) === 0)

const fills: Readonly<Record<string, string>> = {
  1: "b",
  2: "d",
  31: "r",
  32: "g",
  33: "y",
  36: "c"
}

/** Width of a cell at 13 px, in pixels. */
const cellWidth = 7.8
const left = 16

/** Adjacent words of one style, at their column. */
interface Piece {
  readonly column: number
  readonly text: string
  readonly fill: string | undefined
}

/** Splits a line at its colours and at two or more spaces. */
const pieces = (line: string): ReadonlyArray<Piece> => {
  const found: Array<Piece> = []
  let column = 0
  line.split("\u001b[").forEach((part, at) => {
    const end = at === 0 ? -1 : part.indexOf("m")
    const fill = fills[part.slice(0, Math.max(end, 0))]
    const text = part.slice(end + 1)
    for (const match of text.matchAll(/\S+(?: \S+)*/g))
      found.push({ column: column + match.index, text: match[0], fill })
    column += text.length
  })
  return found
}

/**
 * Every piece has its own position and length. Columns then hold in viewers that collapse spaces (many ignore
 * `white-space` in SVG) and with any font.
 */
const row = (line: string, y: number): string => {
  const spans = pieces(line).map(({ column, text, fill }) => {
    const place = `x="${(left + column * cellWidth).toFixed(1)}" textLength="${(text.length * cellWidth).toFixed(1)}"`
    return `<tspan ${place}${fill === undefined ? "" : ` class="${fill}"`}>${escaped(text)}</tspan>`
  })
  return `<text y="${y}">${spans.join("")}</text>`
}

const rowHeight = 18
const seconds = { frame: 0.35, last: 6 }

/** Renders the whole recording. */
export const record: Effect.Effect<string> = Effect.map(frames, (all) => {
  const chosen = sampled(all, 36)
  const length = (chosen.length - 1) * seconds.frame + seconds.last
  const rows = Math.max(...chosen.map((lines) => lines.length)) + 2
  const height = rows * rowHeight + 24
  const share = (time: number) => `${((time / length) * 100).toFixed(2)}%`
  const rules = chosen.map((_, at) => {
    const from = at * seconds.frame
    const to = at === chosen.length - 1 ? length : from + seconds.frame
    const parts = [
      ...(at === 0 ? [] : [`0%,${share(from - 0.001)}{opacity:0}`]),
      `${share(from)},${share(to - 0.001)}{opacity:1}`,
      ...(at === chosen.length - 1 ? [] : [`${share(to)},100%{opacity:0}`])
    ]
    return `@keyframes f${at}{${parts.join("")}}.f${at}{animation:f${at} ${length.toFixed(2)}s step-end infinite}`
  })
  const text = (lines: ReadonlyArray<string>, first: number) =>
    lines.map((line, at) => row(line, (first + at + 1) * rowHeight + 10)).join("\n")
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="${height}" viewBox="0 0 900 ${height}" role="img">`,
    `<title>${escaped(shown)}</title>`,
    "<style>",
    "text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:#e9ecef}",
    ".b{font-weight:bold}.d{fill:#868e96}.r{fill:#ff6b6b}.g{fill:#69db7c}.y{fill:#ffd43b}.c{fill:#66d9e8}",
    ...rules,
    "</style>",
    `<rect width="100%" height="100%" rx="8" fill="#212529"/>`,
    text([`\u001b[2m$\u001b[22m ${shown}`], 0),
    // viewers without animation show the last frame
    ...chosen.map(
      (lines, at) => `<g class="f${at}"${at === chosen.length - 1 ? "" : ' opacity="0"'}>\n${text(lines, 1)}\n</g>`
    ),
    "</svg>",
    ""
  ].join("\n")
})
