/**
 * Days of the calendar.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { millisOf } from "./internal/times.js"

/**
 * A day of the calendar, such as `2025-06-14`, without a time or a time zone. Days in the order of their texts are in the
 * order of time.
 *
 * @example
 * import { CalendarDate } from "@effect-pixxel/client"
 * import * as Schema from "effect/Schema"
 *
 * assert.isTrue(Schema.is(CalendarDate)("2025-06-14"))
 * assert.isFalse(Schema.is(CalendarDate)("2025-02-30"))
 *
 * @since 0.1.0
 * @category models
 */
export const CalendarDate = Schema.String.pipe(
  Schema.filter((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && millisOf(text) !== undefined, {
    identifier: "CalendarDate",
    arbitrary: () => (fc) =>
      fc
        .date({ min: new Date("0100-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10))
  }),
  Schema.brand("CalendarDate")
)
export type CalendarDate = typeof CalendarDate.Type
