/**
 * Quirks that meet: those of a story over those of its world, and those that a test asks for over those of its
 * scenario. What is nearer to the job wins.
 */
import type { Quirks, WorldQuirks } from "./Fixture.js"

/**
 * The quirks of a story over those of its world: word by word, and field by field. What one leaves out and the other
 * writes, the story decides.
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

/** The quirks of a world over those of its scenario. */
export const mergeWorldQuirks = (under: WorldQuirks = {}, over: WorldQuirks = {}): WorldQuirks => {
  const { everyStory } = under
  return everyStory === undefined
    ? { ...under, ...over }
    : { ...under, ...over, everyStory: mergeQuirks(everyStory, over.everyStory) }
}
