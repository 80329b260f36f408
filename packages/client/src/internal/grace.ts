/** The grace of a create: the time by which a list or a replica may lag behind it. */
import * as Duration from "effect/Duration"
import * as settings from "./settings.js"

const finite = settings.durationThat(Duration.isFinite, 'a finite duration such as "30 seconds"')

/** Reads the option. Throws a `RangeError` unless it is finite. */
export const graceOf = ({
  grace = "30 seconds"
}: {
  readonly grace?: Duration.DurationInput | undefined
}): Duration.Duration => settings.read("option grace", finite, grace)
