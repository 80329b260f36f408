/**
 * Replays a capsule: sends the same requests at the same times to a new world with the same seed, fixtures, tokens and
 * quirks, and repeats the actions of the test. The resulting journal equals that of the capsule byte for byte.
 *
 * Writes the requests as text into a connection in memory, since a client would alter them. Time is manual: it advances
 * from one happening to the next.
 */
import type { Duplex } from "node:stream"
import { connection, VirtualTime } from "../clock/index.js"
import { type Capsule, hashOf } from "../core/Capsule.js"
import { type FixtureSet, readFixtures } from "../core/Fixture.js"
import type { Action, Happening, JournalEntry } from "../core/Journal.js"
import { signedUrl } from "../core/Signature.js"
import { tokenOf } from "../core/Token.js"
import type { World } from "../core/World.js"
import { shippedFixtures } from "../fixtures/load.js"
import { buildServer } from "../server.js"

/** The text is not a capsule of this version, or its fixtures have changed. */
export class CapsuleError extends Error {
  override readonly name = "CapsuleError"
}

/** Reads the text of a capsule. Throws a `CapsuleError` when it is not one. */
export const readCapsule = (text: string): Capsule => {
  let value: Partial<Capsule>
  try {
    value = Object(JSON.parse(text))
  } catch {
    throw new CapsuleError("found a text that is not JSON, expected a capsule that a failed test wrote")
  }
  if (value.kind !== "capsule" || value.version !== 2) {
    const found = value.kind === "capsule" ? `version ${value.version}` : `kind ${JSON.stringify(value.kind)}`
    throw new CapsuleError(`found ${found}, expected a capsule of version 2`)
  }
  const lists = [value.happenings, value.journal].every(Array.isArray)
  if (!lists || typeof value.seed !== "string" || typeof value.startedAt !== "number" || value.fixtures === undefined) {
    throw new CapsuleError("the capsule is incomplete: expected seed, startedAt, fixtures, happenings and journal")
  }
  return value as Capsule // has the parts that `keepCapsule` writes
}

const fixturesOf = ({ sha256, written }: Capsule["fixtures"]): FixtureSet => {
  const fixtures = written === undefined ? shippedFixtures() : readFixtures({ ...written, scenarios: [] })
  if (hashOf(fixtures) === sha256) return fixtures
  throw new CapsuleError(
    `the fixtures have the hash ${hashOf(fixtures).slice(0, 12)}, expected ${sha256.slice(0, 12)}: ` +
      "they have changed since the capsule was written; replay it with the mock server of that version"
  )
}

const worldName = "replay"

const authorizationOf = (credential: string): string | undefined => {
  if (credential === "missing") return undefined
  const [, scheme, role = "", other] = /^(raw|bearer) (\S+)( of another world)?$/.exec(credential) ?? []
  if (scheme === undefined) return "refused"
  const token = tokenOf(other === undefined ? worldName : "another", role)
  return scheme === "raw" ? token : `Bearer ${token}`
}

/** Rebuilds the query that the journal describes, with a new signature. */
const queryOf = (world: World, { ids, query }: JournalEntry): string => {
  const expires = String(query["expires"])
  const signed = new URL(signedUrl("http://storage", world, ids, Number(expires))).searchParams
  const pairs = Object.entries(query).flatMap(([name, shown]) => {
    const values = Array.isArray(shown) ? shown : [shown]
    return values.map((value) => [name, name === "signature" && value === "right" ? signed.get(name) : value])
  })
  return pairs.length === 0
    ? ""
    : `?${new URLSearchParams(pairs.map(([name, value]) => [String(name), String(value)]))}`
}

const requestText = (world: World, entry: JournalEntry): string => {
  const authorization = authorizationOf(entry.credential)
  const json = entry.body === undefined ? "" : JSON.stringify(entry.body) // shorter than with its secrets
  const body = json + " ".repeat(Math.max(0, entry.received - Buffer.byteLength(json)))
  const headers = Object.entries({
    host: "replay",
    ...(authorization === undefined ? {} : { authorization }),
    ...entry.headers,
    ...(entry.received > 0 && { "content-length": String(Buffer.byteLength(body)) }),
    connection: "close"
  })
  const head = [
    `${entry.method} /w/${worldName}${entry.path}${queryOf(world, entry)} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`)
  ].join("\r\n")
  return `${head}\r\n\r\n${body}`
}

/** Replays a capsule and returns the new journal. Throws a `CapsuleError` when it cannot be replayed. */
export const replay = async (capsule: Capsule): Promise<ReadonlyArray<JournalEntry>> => {
  const { quirks, seed, startedAt, tokens } = capsule
  const app = buildServer({ fixtures: fixturesOf(capsule.fixtures), creation: "explicit" })
  await app.ready()
  const time = new VirtualTime({ mode: "manual", epoch: startedAt, cap: Number.POSITIVE_INFINITY })
  const world = app.mock.worlds.create(worldName, { clock: time, seed, tokens, quirks })
  const servers = { api: app.server, storage: app.mock.storage.server }
  const clients = new Map<number, Duplex>()

  const entryOf = (seq: number): JournalEntry => {
    const entry = capsule.journal[seq - 1]
    if (entry === undefined) throw new CapsuleError(`the capsule's journal has no request #${seq}`)
    return entry
  }

  const until = (at: number): Promise<void> => new Promise((resolve) => time.advance(at - time.now, resolve))

  /** Waits until a matching happening is in the journal. */
  const next = (matches: (happening: Happening) => boolean): Promise<void> => {
    const { journal } = world
    if (journal.happenings?.some(matches)) return Promise.resolve()
    return new Promise((resolve) => {
      const stop = journal.watch((happening) => {
        if (!matches(happening)) return
        stop()
        resolve()
      })
    })
  }

  const send = async (entry: JournalEntry): Promise<void> => {
    await until(entry.time)
    const arrived = next((happening) => "arrived" in happening && happening.arrived === entry.seq)
    const [near, far] = connection()
    near.on("error", () => {}).resume()
    clients.set(entry.seq, near)
    servers[entry.origin].emit("connection", far)
    near.write(requestText(world, entry))
    await arrived
  }

  const finish = async ({ end, ended = 0, seq }: JournalEntry): Promise<void> => {
    const over = next((happening) => "over" in happening && happening.over === seq)
    await until(ended)
    if (end === "gone") clients.get(seq)?.destroy()
    await over
    clients.get(seq)?.destroy()
    clients.delete(seq)
  }

  const act = async (at: number, action: Action): Promise<void> => {
    await until(at)
    switch (action.do) {
      case "enqueue":
        return world.enqueue(action.story, action.workflow)
      case "signal":
        return world.signal(action.job, action.name)
      case "faults":
        return world.useFaults(action.plan)
    }
  }

  try {
    for (const happening of capsule.happenings) {
      if ("arrived" in happening) await send(entryOf(happening.arrived))
      else if ("over" in happening) await finish(entryOf(happening.over))
      else await act(happening.at, happening.action)
    }
    for (const client of clients.values()) client.destroy()
    return structuredClone([...world.journal.entries])
  } finally {
    time.dispose()
    await app.close()
  }
}
