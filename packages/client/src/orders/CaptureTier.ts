/**
 * The price class of a tasking order. It follows from the window, not from a parameter: a short window costs more, and is
 * charged despite clouds. Source: the support pages about Aurora (documented there, not in the API).
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import type { CalendarDate } from "../CalendarDate.js"

/**
 * A tier: `flexible` is a window of 7 days or more, `expedited` of 6 days or less, `critical` of 2 days or less, and
 * `assured` is one day that begins 7 days ahead or later.
 *
 * @since 0.1.0
 * @category models
 */
export type CaptureTier = "flexible" | "expedited" | "critical" | "assured"

/**
 * The window of a capture. `end` is the day after its last one (documented).
 *
 * @since 0.1.0
 * @category models
 */
export interface Window {
  readonly start: CalendarDate
  readonly end: CalendarDate
}

/**
 * The surcharge of each tier, in percent of the base amount.
 *
 * @since 0.1.0
 * @category constants
 */
export const uplifts: Readonly<Record<CaptureTier, number>> = { flexible: 0, expedited: 25, critical: 40, assured: 50 }

/**
 * The smallest area that a tasking is billed for, in square kilometres.
 *
 * @since 0.1.0
 * @category constants
 */
export const smallestArea = 100

const day = 86_400_000

const millisOf = (date: string) => DateTime.toEpochMillis(DateTime.unsafeMake(date))

/**
 * The tier of a window that is ordered at a time.
 *
 * That a window of one day that begins within 7 days is `critical` is inferred.
 *
 * @example
 * import { CalendarDate, CaptureTier } from "@effect-pixxel/client"
 * import * as DateTime from "effect/DateTime"
 *
 * const window = { start: CalendarDate.make("2026-12-01"), end: CalendarDate.make("2026-12-04") }
 *
 * assert.strictEqual(CaptureTier.of(window, DateTime.unsafeMake("2026-11-20")), "expedited")
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = ({ end, start }: Window, now: DateTime.DateTime): CaptureTier => {
  const days = (millisOf(end) - millisOf(start)) / day
  if (days <= 1 && millisOf(start) - DateTime.toEpochMillis(now) >= 7 * day) return "assured"
  return days <= 2 ? "critical" : days <= 6 ? "expedited" : "flexible"
}

/**
 * Whether a capture is charged even if clouds hide the area. The server may then accept any cloud cover (documented).
 *
 * @since 0.1.0
 * @category properties
 */
export const isChargedDespiteClouds = (tier: CaptureTier): boolean => tier !== "flexible"

/**
 * The area that a tasking is billed for, in square kilometres.
 *
 * @since 0.1.0
 * @category properties
 */
export const billedArea = (squareKilometres: number): number => Math.max(smallestArea, squareKilometres)
