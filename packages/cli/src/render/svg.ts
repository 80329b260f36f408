/**
 * The chart of a job as an SVG, for a report or an issue: one row per task, and arrows from the ends of its
 * dependencies.
 */
import type { Job } from "@effect-pixxel/client"
import * as Option from "effect/Option"
import { chart, type Row, ticks } from "./gantt.js"
import { cut, plain, widthOf } from "./plain.js"
import { span } from "./words.js"

const fills = { succeeded: "#2f9e44", failed: "#e03131", pending: "#1c7ed6" } as const

const rowHeight = 28
const barHeight = 16
const top = 56
const chartWidth = 720
const letter = 7.3

export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

const round = (figure: number) => Math.round(figure * 10) / 10

/** The job as a complete SVG document. */
export const svg = (job: Job, now: number): string => {
  const { length, rows } = chart(job, now)
  const names = rows.map(({ name }) => cut(name, 40))
  const left = Math.ceil(Math.max(40, ...names.map((name) => widthOf(name) * letter))) + 24
  const x = (millis: number) => round(left + (millis / length) * chartWidth)
  const y = (at: number) => top + at * rowHeight
  const height = y(rows.length) + 16
  const width = left + chartWidth + 72
  const status = plain(Option.getOrElse(job.status, () => "status unknown"))

  const grid = ticks(length, 8).flatMap((tick) => [
    `<line class="grid" x1="${x(tick)}" y1="${top - 8}" x2="${x(tick)}" y2="${height - 16}"/>`,
    `<text class="tick" x="${x(tick)}" y="${top - 14}">${tick === 0 ? "0" : span(tick)}</text>`
  ])

  const row = ({ bar, name, outcome }: Row, at: number) => [
    `<text class="name" x="${left - 12}" y="${y(at) + 16}">${escaped(names[at] ?? name)}</text>`,
    ...Option.toArray(
      Option.map(bar, ({ from, to }) => {
        const drawn = `x="${x(from)}" y="${y(at) + 4}" width="${Math.max(2, round(x(to) - x(from)))}" height="${barHeight}"`
        return [
          `<rect class="${outcome}" ${drawn} rx="3"><title>${escaped(name)}: ${outcome}, ${span(to - from)}</title></rect>`,
          `<text class="span" x="${round(x(to) + 6)}" y="${y(at) + 16}">${span(to - from)}</text>`
        ]
      })
    ).flat()
  ]

  const arrows = rows.flatMap(({ after, bar }, at) =>
    after.flatMap((before) => {
      const from = rows[before]
      if (from === undefined || Option.isNone(from.bar) || Option.isNone(bar)) return []
      const [x1, y1] = [x(from.bar.value.to), y(before) + 4 + barHeight / 2]
      const [x2, y2] = [x(bar.value.from), y(at) + 4 + barHeight / 2]
      const turn = round(x1 - 5)
      return [`<path class="arrow" d="M${x1},${y1} L${turn},${y1} L${turn},${y2} L${x2},${y2}"/>`]
    })
  )

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>job ${escaped(plain(job.id))}: ${escaped(status)}</title>`,
    "<style>",
    "text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#343a40}",
    ".title{font-size:14px;font-weight:bold}.tick,.span{fill:#868e96}.tick{text-anchor:middle}.name{text-anchor:end}",
    ".grid{stroke:#dee2e6}.arrow{fill:none;stroke:#868e96;marker-end:url(#head)}",
    ...Object.entries(fills).map(([outcome, fill]) => `.${outcome}{fill:${fill}}`),
    "</style>",
    `<defs><marker id="head" markerWidth="6" markerHeight="6" refX="5" refY="3" orient="auto"><path d="M0,0 L6,3 L0,6 z" fill="#868e96"/></marker></defs>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text class="title" x="16" y="24">job ${escaped(plain(job.id))}: ${escaped(status)}</text>`,
    ...grid,
    ...arrows,
    ...rows.flatMap(row),
    "</svg>",
    ""
  ].join("\n")
}
