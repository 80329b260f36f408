/**
 * A replay capsule: all data that determine a world's answers, so that a failed test can be repeated without its
 * program. It contains the journal, and no secret.
 */
import { createHash } from "node:crypto"
import { seconds } from "./Duration.js"
import { type FixtureSet, type WorldQuirks, type WrittenFixtures, writeFixtures } from "./Fixture.js"
import type { Happening, JournalEntry } from "./Journal.js"
import { memoized } from "./Memo.js"
import type { TokenTable } from "./Rights.js"
import type { World } from "./World.js"

export interface Capsule {
  readonly kind: "capsule"
  readonly version: 2
  readonly seed: string
  /** When the world began, in milliseconds since 1970 on its clock. */
  readonly startedAt: number
  readonly tokens: TokenTable
  readonly quirks: WorldQuirks
  readonly fixtures: {
    readonly sha256: string
    /** SHA-256 of the fixtures that the things of the world follow, such as stories of jobs, by name. */
    readonly stories: Readonly<Record<string, string>>
    /** Absent for the shipped fixtures. */
    readonly written?: WrittenFixtures | undefined
  }
  readonly happenings: ReadonlyArray<Happening>
  readonly journal: ReadonlyArray<JournalEntry>
}

const sha256 = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex")

/** Scenarios are left out: a capsule has the tokens, quirks and happenings that the world began with. */
const written = ({ scenarios: _, ...fixtures }: FixtureSet): WrittenFixtures => writeFixtures(fixtures)

export const hashOf = memoized((fixtures: FixtureSet) => sha256(written(fixtures)))

/**
 * Makes the capsule of a world; absent when the journal has dropped requests. `areShipped`: whether its fixtures are
 * the shipped ones, which are not written.
 */
export const capsuleOf = (world: World, areShipped: boolean): Capsule | undefined => {
  const { fixtures, follows, journal, quirks, seed, startedAt, tokens } = world
  const { entries, happenings } = journal
  if (happenings === undefined) return undefined
  return {
    kind: "capsule",
    version: 2,
    seed,
    startedAt,
    tokens,
    quirks,
    fixtures: {
      sha256: hashOf(fixtures),
      stories: Object.fromEntries([...follows].map(([name, fixture]) => [name, sha256(fixture)])),
      ...(!areShipped && { written: written(fixtures) })
    },
    happenings,
    journal: entries
  }
}

/** Formats the journal for comparisons, one entry per line. */
export const journalText = (entries: ReadonlyArray<JournalEntry>): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join("")

/** Largest number of lines in the output of a test; the file has all of them. */
const mostLines = 40

const line = (capsule: Capsule, { ended, fault, ids, method, operation, path, seq, status, time }: JournalEntry) => {
  const at = `+${seconds(time - capsule.startedAt)}`
  const what = operation === undefined ? `${method} ${path}` : [operation, ...Object.values(ids)].join(" ")
  const took = ended === undefined || ended === time ? "" : ` after ${seconds(ended - time)}`
  const answer = status === undefined ? (ended === undefined ? "in progress" : `no answer${took}`) : `${status}${took}`
  return `  #${String(seq).padEnd(4)} ${at.padEnd(10)} ${what}: ${answer}${fault === undefined ? "" : `, ${fault}`}`
}

/** Formats the report of a failed test; the last line has the command of the replay, or the reason for its absence. */
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
    ...(did.length === 0 ? [] : ["actions of the test:", ...did]),
    `journal, ${journal.length} request${journal.length === 1 ? "" : "s"}${hidden > 0 ? `, the last ${mostLines}` : ""}:`,
    ...shown,
    lastLine
  ].join("\n")
}
