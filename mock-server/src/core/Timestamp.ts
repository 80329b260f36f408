/**
 * Points in time as text, in the nine shapes that the API writes (all documented, though none of them for a job).
 */
import type { Quirks } from "./Fixture.js"

export type TimestampShape = NonNullable<Quirks["timestamps"]>

/** Microseconds are left out when they are zero, as Python does. */
const python = (iso: string, separator: "T" | " "): string => {
  const millis = iso.slice(20, 23)
  return `${iso.slice(0, 10)}${separator}${iso.slice(11, 19)}${millis === "000" ? "" : `.${millis}000`}+00:00`
}

/** By the name that a story gives to it, from what JavaScript writes: `2024-05-27T06:50:20.056Z`. */
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

/** The text for a time in milliseconds since 1970. What a shape has no room for is cut off. */
export const formatTimestamp = (shape: TimestampShape, epochMillis: number): string =>
  writers[shape](new Date(epochMillis).toISOString())
