/**
 * Merges quirks: those of a story over those of its world, and those of a test over those of its scenario. The quirks
 * nearer to the job take precedence.
 */
import type { Quirks } from "../resources/jobs/fixture.js"
import type { WorldQuirks } from "./Fixture.js"

/**
 * Merges the quirks of a story over those of its world, word by word and field by field. The story decides about a
 * field that one of them omits and the other sets.
 */
export const mergeQuirks = (under: Quirks, over: Quirks = {}): Quirks => {
  const left: ReadonlyArray<string> = over.omit ?? []
  const written = Object.entries(under.set ?? {}).filter(([field]) => !left.includes(field))
  const omitted = (under.omit ?? []).filter((field) => !Object.hasOwn(over.set ?? {}, field))
  return {
    ...under,
    ...over,
    jobStatus: { ...under.jobStatus, ...over.jobStatus },
    taskStatus: { ...under.taskStatus, ...over.taskStatus },
    omit: [...omitted, ...(over.omit ?? [])],
    set: { ...Object.fromEntries(written), ...over.set }
  }
}

export const mergeWorldQuirks = (under: WorldQuirks = {}, over: WorldQuirks = {}): WorldQuirks => {
  const { everyStory } = under
  return everyStory === undefined
    ? { ...under, ...over }
    : { ...under, ...over, everyStory: mergeQuirks(everyStory, over.everyStory) }
}
