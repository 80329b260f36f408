/** `pixxel-mock check`: checks a folder of fixtures and counts its contents. */
import { loadFixtures, shippedFixtures } from "./fixtures/load.js"

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/**
 * Returns the contents of a folder in one line; without a folder, of the shipped fixtures. Throws a `FixtureError` with
 * all problems.
 */
export const check = (directory: string | undefined): string => {
  const { errors, faults, jobs, scenarios, workflows } =
    directory === undefined ? shippedFixtures() : loadFixtures(directory)
  const contents = [
    counted(jobs.size, "story", "stories"),
    counted(workflows.size, "workflow", "workflows"),
    counted(errors.size, "error body", "error bodies"),
    counted(faults.size, "fault plan", "fault plans"),
    counted(scenarios.size, "scenario", "scenarios")
  ]
  return `${directory ?? "the shipped fixtures"}: ${contents.join(", ")}; nothing is wrong`
}
