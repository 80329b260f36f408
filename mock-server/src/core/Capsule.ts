/**
 * A replay capsule: all that decides what a world answered, so that a failed test can be looked at again without its
 * program. It holds what the journal holds, and no secret.
 */
import { createHash } from "node:crypto"
import { seconds } from "./Duration.js"
import type { FixtureSet, WorldQuirks } from "./Fixture.js"
import type { Happening, JournalEntry } from "./Journal.js"
import type { TokenTable } from "./Rights.js"
import type { World } from "./World.js"

/** Fixtures as they are written into a capsule: the entries of their maps. */
export interface WrittenFixtures {
  readonly jobs: ReadonlyArray<readonly [string, unknown]>
  readonly workflows: ReadonlyArray<readonly [string, unknown]>
  readonly errors: ReadonlyArray<readonly [string, unknown]>
  readonly faults: ReadonlyArray<readonly [string, unknown]>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Capsule {
  readonly kind: "capsule"
  readonly version: 1
  readonly seed: string
  /** When the world began, in milliseconds since 1970 on its clock. */
  readonly startedAt: number
  readonly tokens: TokenTable
  readonly quirks: WorldQuirks
  readonly fixtures: {
    /** SHA-256 of all of them. */
    readonly sha256: string
    /** Of the stories that jobs of the world follow, by name. */
    readonly stories: Readonly<Record<string, string>>
    /** Absent when they are those that come with the mock server. */
    readonly written?: WrittenFixtures | undefined
  }
  /** Fault plans are among them. */
  readonly happenings: ReadonlyArray<Happening>
  readonly journal: ReadonlyArray<JournalEntry>
}

const sha256 = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex")

export const writeFixtures = ({ errors, faults, jobs, workflows }: FixtureSet): WrittenFixtures => ({
  jobs: [...jobs],
  workflows: [...workflows],
  errors: [...errors],
  faults: [...faults]
})

const hashes = new WeakMap<FixtureSet, string>()

/** What the fixtures are known by. */
export const hashOf = (fixtures: FixtureSet): string => {
  const known = hashes.get(fixtures) ?? sha256(writeFixtures(fixtures))
  hashes.set(fixtures, known)
  return known
}

/**
 * The capsule of a world as it is now; absent when it was asked more than its journal holds. `areShipped`: whether its
 * fixtures are those that come with the mock server, which need not be written.
 */
export const capsuleOf = (world: World, areShipped: boolean): Capsule | undefined => {
  const { fixtures, journal, quirks, seed, startedAt, stories, tokens } = world
  const { entries, happenings } = journal
  if (happenings === undefined) return undefined
  return {
    kind: "capsule",
    version: 1,
    seed,
    startedAt,
    tokens,
    quirks,
    fixtures: {
      sha256: hashOf(fixtures),
      stories: Object.fromEntries([...stories].map((name) => [name, sha256(fixtures.jobs.get(name))])),
      ...(!areShipped && { written: writeFixtures(fixtures) })
    },
    happenings,
    journal: entries
  }
}

/** The journal as it is compared: one entry a line. */
export const journalText = (entries: ReadonlyArray<JournalEntry>): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join("")

/** More lines than this help nobody in the output of a test; the file has them all. */
const mostLines = 40

const line = (capsule: Capsule, { ended, fault, ids, method, operation, path, seq, status, time }: JournalEntry) => {
  const at = `+${seconds(time - capsule.startedAt)}`
  const what = operation === undefined ? `${method} ${path}` : [operation, ...Object.values(ids)].join(" ")
  const took = ended === undefined || ended === time ? "" : ` after ${seconds(ended - time)}`
  const answer = status === undefined ? (ended === undefined ? "under way" : `no answer${took}`) : `${status}${took}`
  return `  #${String(seq).padEnd(4)} ${at.padEnd(10)} ${what}: ${answer}${fault === undefined ? "" : `, ${fault}`}`
}

/** What a failed test prints; the last line says how to replay it, or why that is not possible. */
export const printCapsule = (capsule: Capsule, lastLine: string): string => {
  const { fixtures, happenings, journal, seed } = capsule
  const stories = Object.entries(fixtures.stories).map(([name, hash]) => `${name} ${hash.slice(0, 12)}`)
  const did = happenings.flatMap((happening) =>
    "action" in happening ? [`  +${seconds(happening.at - capsule.startedAt)} ${JSON.stringify(happening.action)}`] : []
  )
  const shown = journal.slice(-mostLines).map((entry) => line(capsule, entry))
  const hidden = journal.length - shown.length
  return [
    `seed ${JSON.stringify(seed)}, fixtures ${fixtures.sha256.slice(0, 12)}${fixtures.written ? "" : " (shipped)"}`,
    ...(stories.length === 0 ? [] : [`stories ${stories.join(", ")}`]),
    ...(did.length === 0 ? [] : ["what the test did:", ...did]),
    `journal, ${journal.length} request${journal.length === 1 ? "" : "s"}${hidden > 0 ? `, the last ${mostLines}` : ""}:`,
    ...shown,
    lastLine
  ].join("\n")
}
