/** Formats timestamps in the nine shapes that the API writes (all documented, but none of them for a job). */
import type { Quirks } from "../resources/jobs/fixture.js"

export type TimestampShape = NonNullable<Quirks["timestamps"]>

const date = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?$/

/** Returns the UTC day as `YYYY-MM-DD`. */
export const day = (epochMillis: number): string => new Date(epochMillis).toISOString().slice(0, 10)

/** Whether a text is a date, with a time or without. */
export const isDate = (text: string): boolean =>
  date.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  // `Date.parse` reads February 30 as March 2
  day(Date.parse(text.slice(0, 10))) === text.slice(0, 10)

/** Leaves out zero microseconds, as Python does. */
const python = (iso: string, separator: "T" | " "): string => {
  const millis = iso.slice(20, 23)
  return `${iso.slice(0, 10)}${separator}${iso.slice(11, 19)}${millis === "000" ? "" : `.${millis}000`}+00:00`
}

/** Writers by shape; each gets the text that JavaScript writes: `2024-05-27T06:50:20.056Z`. */
const writers: Readonly<Record<TimestampShape, (iso: string) => string>> = {
  seconds: (iso) => `${iso.slice(0, 19)}Z`,
  millis: (iso) => iso,
  micros: (iso) => `${iso.slice(0, 23)}000Z`,
  offset: (iso) => `${iso.slice(0, 19)}+00:00`,
  python: (iso) => python(iso, "T"),
  spaced: (iso) => python(iso, " "),
  date: (iso) => iso.slice(0, 10),
  underscored: (iso) => iso.slice(0, 10).replaceAll("-", "_"),
  dayFirst: (iso) => iso.slice(0, 10).split("-").reverse().join("-")
}

/** Formats a time in milliseconds since 1970. Cuts off parts that the shape has no room for. */
export const formatTimestamp = (shape: TimestampShape, epochMillis: number): string =>
  writers[shape](new Date(epochMillis).toISOString())
