/** A running download as one line, redrawn in place on a terminal, and its result. */
import type * as Download from "@effect-pixxel/client/Download"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Saved } from "../saving.js"
import { bar } from "./bar.js"
import { cut, plain, widthOf } from "./plain.js"
import { paint, type Style } from "./style.js"
import { type Fields, fields } from "./table.js"
import { bytes, span } from "./words.js"

/** The received share, from 0 to 100. */
export const shareOf = ({ bytes, total }: Download.Progress): Option.Option<number> =>
  Option.map(total, (all) => (all === 0 ? 100 : (bytes / all) * 100))

const amounts = (progress: Download.Progress) =>
  [
    Option.match(progress.total, {
      onNone: () => bytes(progress.bytes),
      onSome: (total) => `${bytes(progress.bytes)} of ${bytes(total)}`
    }),
    ...Option.toArray(Option.map(progress.rate, (rate) => `${bytes(Math.round(rate))}/s`)),
    ...Option.toArray(
      Option.map(
        Option.filter(progress.eta, Duration.greaterThan(0)),
        (eta) => `about ${span(Duration.toMillis(eta))} left`
      )
    )
  ].join("  ")

/** An event as a line without a bar. */
export const eventLine = (event: Exclude<Download.Event, { _tag: "Done" }>): string => {
  switch (event._tag) {
    case "Waiting":
      return event.waitingFor === "lock"
        ? "download: another download to the same file may be running"
        : `download: the package is being built${Option.match(event.status, { onNone: () => "", onSome: (word) => ` (${plain(word)})` })}`
    case "Progress":
      return `download: ${Option.match(shareOf(event), { onNone: () => "", onSome: (share) => `${Math.floor(share)} %  ` })}${amounts(event)}`
    case "Retrying":
      return `download: ${plain(event.error.message)} Retrying in ${span(Duration.toMillis(event.delay))}.`
  }
}

/** An event as a line for a terminal, with a bar if the share is known. */
export const transfer = (event: Exclude<Download.Event, { _tag: "Done" }>, style: Style): string => {
  const share = event._tag === "Progress" ? shareOf(event) : Option.none<number>()
  if (event._tag !== "Progress" || Option.isNone(share)) return cut(eventLine(event), style.width)
  const text = ` ${String(Math.floor(share.value)).padStart(3)} %  ${amounts(event)}`
  const room = Math.min(40, style.width - widthOf(text))
  if (room < 8) return cut(text.trimStart(), style.width)
  const [filled, rest] = bar(share.value, room)
  return paint(style, "cyan", filled) + paint(style, "dim", rest) + text
}

/** The saved files. */
export const saved = ({ file, unpacked }: Saved, style: Style): string => {
  const verified = Option.match(file.checksum, {
    onNone: () => (file.verified === "length" ? "by its length alone" : "not verified"),
    onSome: (sum) => `by its checksum (${sum})`
  })
  const contents = Option.map(
    Option.fromNullable(unpacked),
    (it) => `${it.folder}: ${it.files} ${it.files === 1 ? "file" : "files"}, ${bytes(it.bytes)}`
  )
  const leftovers = unpacked?.leftovers ?? []
  const rows: Fields = [
    ["file", file.path],
    ["size", bytes(file.bytes)],
    ["verified", verified],
    ["", file.isSkipped ? "The file existed already." : Option.none()],
    ["unpacked", contents],
    ...leftovers.map((path) => ["", `Another run uses ${path}. If no run is active, remove it.`] as const)
  ]
  return fields(rows, style)
}
