/** Formats single values: times, durations, shares, costs, and the sign and colour of an outcome. */
import type { Outcome } from "@effect-pixxel/client/Status"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import type { Colour } from "./style.js"

/** A time in UTC, to the second. */
export const time = Option.map((at: DateTime.Utc) => DateTime.formatIso(at).replace(/\.\d+Z$/, "Z"))

export const percent = Option.map((progress: number) => `${Math.round(progress)} %`)

export const tokens = Option.map((cost: number) => `${cost} ${cost === 1 ? "token" : "tokens"}`)

const two = (figure: number) => String(figure).padStart(2, "0")

/** Formats milliseconds as `45s`, `3m 05s`, `2h 03m` or `4d 02h`. */
export const span = (millis: number): string => {
  const seconds = Math.max(0, Math.round(millis / 1_000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h ${two(Math.floor(seconds / 60) % 60)}m`
  return `${Math.floor(seconds / 86_400)}d ${two(Math.floor(seconds / 3_600) % 24)}h`
}

const sizes = ["B", "kB", "MB", "GB", "TB"]

/** Formats bytes in units of 1000, with three digits. */
export const bytes = (amount: number): string => {
  let value = amount
  let step = 0
  while (Number(value.toPrecision(3)) >= 1_000 && step < sizes.length - 1) {
    value /= 1_000
    step++
  }
  const figures = Math.max(3, Math.floor(Math.log10(Math.max(1, value))) + 1)
  return `${step === 0 ? value : value.toPrecision(figures)} ${sizes[step]}`
}

/** The colour of an outcome. `begun` distinguishes running from waiting tasks. */
export const colourOf = (outcome: Outcome, begun = true): Colour =>
  outcome === "succeeded" ? "green" : outcome === "failed" ? "red" : begun ? "cyan" : "dim"

export const signOf = (outcome: Outcome, begun = true): string =>
  outcome === "succeeded" ? "✔" : outcome === "failed" ? "✖" : begun ? "●" : "○"
