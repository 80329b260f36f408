/** A place of the examples, with two images of the fixtures. */
import { CalendarDate, ProjectId, SatelliteId } from "@effect-pixxel/client"
import { DateTime, Effect } from "effect"
import type { Place } from "../src/place-to-files.js"

export const place: Place = {
  projectId: ProjectId.make("project-monsoon-2024"),
  satelliteId: SatelliteId.make("sat-firefly-1"),
  name: "West field",
  geometry: {
    type: "Polygon",
    coordinates: [
      [
        [79, 21],
        [79.1, 21],
        [79.1, 21.1],
        [79, 21.1],
        [79, 21]
      ]
    ]
  },
  itemIds: ["FF01_000321_20250614_L2A_20250616_00501135", "FF01_000338_20250621_L2A_20250623_00501135"]
}

/** The day that begins a number of days from now, or the next one. */
export const inDays = (days: number): Effect.Effect<CalendarDate> =>
  Effect.map(DateTime.now, (now) =>
    CalendarDate.make(DateTime.formatIsoDateUtc(DateTime.add(now, { days, hours: 23, minutes: 59 })))
  )
