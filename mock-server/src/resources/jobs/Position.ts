/**
 * Describes the position of a job on its timeline: its status at the time of a request, and when it would end without
 * further events. Explains in reports why a client did not see the end.
 */
import { seconds } from "../../core/Duration.js"
import type { Condition } from "./fixture.js"
import { type Plan, phaseStarts, type TimelineEvent, view } from "./Timeline.js"

/** Describes the events that a condition waits for; time is left out. */
const waitsFor = ({ all = [], any = [], polls, signal }: Condition): string => {
  const parts = [
    ...(polls === undefined ? [] : [`${polls} polls`]),
    ...(signal === undefined ? [] : [`the signal ${JSON.stringify(signal)}`]),
    ...all.map(waitsFor).filter((part) => part !== ""),
    ...(any.length === 0 ? [] : [any.map(waitsFor).join(" or ")])
  ]
  return parts.join(" and ")
}

const ending = (plan: Plan, elapsed: number, events: ReadonlyArray<TimelineEvent>): string => {
  const { phases, recording } = plan
  const ended = (status: string, at: number) =>
    at <= elapsed
      ? `${JSON.stringify(status)} since ${seconds(at)}`
      : `would be ${JSON.stringify(status)} at ${seconds(at)}`
  if (recording !== undefined) {
    const end = recording.frames.find(({ outcome }) => outcome !== "pending")
    return end === undefined ? "its recording has no end" : ended(String(end.body["status"]), end.at)
  }
  const starts = phaseStarts(plan, Number.POSITIVE_INFINITY, events)
  const last = phases[starts.length - 1]
  if (last?.until !== undefined) return `waits for ${waitsFor(last.until) || "an event that never happens"}`
  if (last === undefined || last.outcome === "pending") return "its story has no end"
  return ended(last.status, starts.at(-1)?.at ?? 0)
}

/**
 * Returns a text such as `asked at 61 s, "running"; would be "completed" at 65 s`. `elapsed` is the time of the
 * request, in milliseconds since the job was created; `events` are all events of the job so far.
 */
export const position = (plan: Plan, elapsed: number, events: ReadonlyArray<TimelineEvent>): string => {
  const { outcome, status } = view(plan, elapsed, events)
  const asked = `asked at ${seconds(elapsed)}`
  const end = ending(plan, elapsed, events)
  return outcome === "pending" ? `${asked}, ${JSON.stringify(status)}; ${end}` : `${asked}, ${end}`
}
