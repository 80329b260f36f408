/**
 * What a world was asked, in the order in which it happened. An entry holds nothing that depends on the transport,
 * the port, the runtime or the wall clock, and no secret: two runs of the same test leave the same journal.
 *
 * Beside the entries it keeps their order: when each request arrived and was over, and what the test did to the world
 * in between. That is all that a replay needs.
 */
import { Attempts } from "./Attempts.js"
import type { FaultPlan } from "./faults/Plan.js"
import type { Snapshot } from "./Snapshot.js"
import type { Credential } from "./Token.js"

/**
 * One request and what it was answered.
 *
 * @since 0.1.0
 * @category models
 */
export interface JournalEntry {
  /** From 1, over all requests of the world. */
  readonly seq: number
  /** Which of the two servers was asked: the API, or the storage that signed URLs lead to. */
  readonly origin: "api" | "storage"
  /** When it arrived: milliseconds since 1970, on the world's clock. */
  readonly time: number
  /** The documented operation id, such as `getJobById`; `getPackage` is a download from the storage origin. */
  readonly operation: string | undefined
  /** What the operation is about: the most specific id of the path, or `""`. */
  readonly subject: string
  /** From 1, over all requests of the world with the same operation and subject. */
  readonly attempt: number
  readonly method: string
  /** Such as `/v0/workflows/{workflow_id}`. */
  readonly route: string | undefined
  /** As it was sent, without the world's prefix and the query. */
  readonly path: string
  /** The ids of the path, decoded. */
  readonly ids: Readonly<Record<string, string>>
  /** Values of documented parameters; of any other only the name, and of a signature whether it is `right` or `wrong`. */
  readonly query: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly headers: Readonly<Record<string, string>>
  /** The token's role and form, never the token. */
  readonly credential: string
  /** Bytes of the request's body, as its head says. */
  readonly received: number
  /** Absent until it is answered, and for ever when no status has left. */
  readonly status: number | undefined
  /** Milliseconds for which the answer asked to wait, by `Retry-After`. */
  readonly retryAfter: number | undefined
  /** What the answer said: of `createJob` and `getJobById` the job's status, of a download `pending` or `ready`. */
  readonly shown: string | undefined
  /**
   * Bytes of the answer's body that were handed to the transport; absent when nobody knows. Where signed URLs lead to
   * counts nothing.
   */
  readonly bytes: number | undefined
  /** Which rules of the fault plan took effect, such as `rules[1] cut`. */
  readonly fault: string | undefined
  /** When it was over: milliseconds since 1970, on the world's clock. */
  readonly ended: number | undefined
  /** `whole`: all of the answer was handed over. `cut`: a fault ended it. `gone`: the client went away before. */
  readonly end: "whole" | "cut" | "gone" | undefined
}

/** What is known of a request when it arrives. */
export type Arrival = Pick<
  JournalEntry,
  "origin" | "time" | "operation" | "subject" | "method" | "route" | "path" | "ids" | "query" | "headers" | "received"
> & { readonly credential: Credential; readonly world: string }

/** What a test does to a world. */
export type Action =
  | { readonly do: "enqueue"; readonly story: string; readonly workflow: string }
  | { readonly do: "signal"; readonly job: string; readonly name: string }
  | { readonly do: "faults"; readonly plan: FaultPlan }

/** What happened to a world, one after the other: requests by their `seq`, and the test by its time. */
export type Happening =
  | { readonly arrived: number }
  | { readonly over: number }
  | { readonly at: number; readonly action: Action }

/** When its client sent a request, and when it learnt what had become of it, in the order of all that clients do. */
export interface Sending {
  readonly sent: number
  known: number | undefined
}

const describe = (credential: Credential, world: string): string => {
  if (credential.kind !== "mock") return credential.kind
  return `${credential.scheme} ${credential.role}${credential.world === world ? "" : " of another world"}`
}

type Mutable<A> = { -readonly [Key in keyof A]: A[Key] }

type SavedEntry = Snapshot["journal"]["entries"][number]

/** The fields that may be absent. */
type Open = { [Key in keyof JournalEntry]: undefined extends JournalEntry[Key] ? Key : never }[keyof JournalEntry]

/** All fields, always in this order: journals are compared as texts. */
const entryOf = (known: Omit<JournalEntry, Open> & Partial<Pick<JournalEntry, Open>>): Mutable<JournalEntry> => ({
  seq: known.seq,
  origin: known.origin,
  time: known.time,
  operation: known.operation,
  subject: known.subject,
  method: known.method,
  route: known.route,
  path: known.path,
  ids: known.ids,
  query: known.query,
  headers: known.headers,
  received: known.received,
  attempt: known.attempt,
  credential: known.credential,
  status: known.status,
  retryAfter: known.retryAfter,
  shown: known.shown,
  bytes: known.bytes,
  fault: known.fault,
  ended: known.ended,
  end: known.end
})

/** Without what is absent. */
const saved = (entry: JournalEntry): SavedEntry =>
  Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as SavedEntry // of its fields

/** An entry that is being written. */
export class Writing {
  readonly #entry: Mutable<JournalEntry>
  readonly #over: (seq: number) => void
  /** Whether `bytes` are those that were handed over so far, and not those of the whole. */
  #isCounted = false

  constructor(entry: Mutable<JournalEntry>, over: (seq: number) => void) {
    this.#entry = entry
    this.#over = over
  }

  get entry(): JournalEntry {
    return this.#entry
  }

  answered(status: number, bytes: number | undefined, retryAfter: number | undefined): void {
    this.#entry.status = status
    this.#entry.bytes = bytes
    this.#entry.retryAfter = retryAfter
  }

  /** No status has left after all. */
  unanswered(): void {
    this.#entry.status = undefined
    this.#entry.bytes = undefined
    this.#entry.retryAfter = undefined
    this.#entry.shown = undefined
  }

  faulted(fault: string): void {
    this.#entry.fault = fault
  }

  showed(status: string): void {
    this.#entry.shown = status
  }

  /** Another body is sent than the one that was answered. */
  sized(bytes: number): void {
    this.#entry.bytes = bytes
  }

  /** The body is sent piece by piece; so much of it so far. */
  handed(bytes: number): void {
    this.#isCounted = true
    this.#entry.bytes = bytes
  }

  /** A fault ends it now. */
  cut(): void {
    this.#entry.end = "cut"
  }

  /** The connection has no more to do with it. */
  over(now: number, whole: boolean): void {
    this.#entry.ended = now
    this.#entry.end ??= whole ? "whole" : "gone"
    if (this.#entry.end === "gone" && !this.#isCounted) this.#entry.bytes = undefined
    this.#over(this.#entry.seq)
  }
}

/** How much a journal holds. */
export interface JournalLimits {
  readonly entries: number
  /** Of texts that came with the requests, about. */
  readonly bytes: number
}

const defaultLimits: JournalLimits = { entries: 10_000, bytes: 8 * 1024 * 1024 }

/** What an entry weighs beside the texts of the request. */
const ownWeight = 256

const textWeight = (texts: Readonly<Record<string, string | ReadonlyArray<string>>>): number => {
  let weight = 0
  for (const name in texts) weight += name.length + String(texts[name]).length
  return weight
}

const weightOf = ({ headers, ids, path, query }: JournalEntry): number =>
  ownWeight + path.length + textWeight(ids) + textWeight(query) + textWeight(headers)

/** The last requests of a world. */
export class Journal {
  readonly #limits: JournalLimits
  readonly #entries: Array<JournalEntry> = []
  readonly #attempts = new Attempts()
  readonly #watchers = new Set<(happening: Happening) => void>()
  /** Beside the entries: of a client in another process nobody knows. */
  readonly #sendings = new WeakMap<JournalEntry, Sending>()
  #happenings: Array<Happening> = []
  #isComplete = true
  #weight = 0
  #seq = 0
  #open = 0
  /** Grows when the journal is restored. */
  #life = 0

  constructor(limits: Partial<JournalLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits }
  }

  /** Oldest first; at most as many as the journal holds. */
  get entries(): ReadonlyArray<JournalEntry> {
    return this.#entries
  }

  /** How many requests there were, those that the journal no longer holds included. */
  get count(): number {
    return this.#seq
  }

  /** How many requests have arrived and are not over. */
  get open(): number {
    return this.#open
  }

  /** All that happened, in its order; absent when it was more than a journal holds. */
  get happenings(): ReadonlyArray<Happening> | undefined {
    return this.#isComplete ? this.#happenings : undefined
  }

  /** Writes a request down. */
  arrived(arrival: Arrival): Writing {
    const { headers, ids, method, operation, origin, path, query, received, route, subject, time } = arrival
    const seq = ++this.#seq
    const attempt = this.#attempts.next(operation ?? method, subject)
    const credential = describe(arrival.credential, arrival.world)
    const entry = entryOf({
      seq,
      origin,
      time,
      operation,
      subject,
      method,
      route,
      path,
      ids,
      query,
      headers,
      received,
      attempt,
      credential
    })
    this.#open++
    this.#keep(entry)
    this.#happened({ arrived: entry.seq })
    const life = this.#life
    return new Writing(entry, (seq) => {
      if (life !== this.#life) return // its time was put back
      this.#open--
      this.#happened({ over: seq })
    })
  }

  /** The client's end of a request. */
  sent(entry: JournalEntry, sending: Sending): void {
    this.#sendings.set(entry, sending)
  }

  /** Whether a request is known to have been sent before its client knew what had become of another. */
  wasSentUnaware(entry: JournalEntry, of: JournalEntry): boolean {
    const sent = this.#sendings.get(entry)?.sent
    const known = this.#sendings.get(of)
    return sent !== undefined && known !== undefined && sent < (known.known ?? Number.POSITIVE_INFINITY)
  }

  /** Has whatever happens from now on told to `told`; the returned function ends that. */
  watch(told: (happening: Happening) => void): () => void {
    this.#watchers.add(told)
    return () => {
      this.#watchers.delete(told)
    }
  }

  /** The test did something to the world. */
  did(action: Action, now: number): void {
    this.#happened({ at: now, action })
  }

  save(): Snapshot["journal"] {
    return {
      seq: this.#seq,
      entries: this.#entries.map(saved),
      attempts: this.#attempts.save(),
      ...(this.#isComplete && { happenings: this.#happenings })
    }
  }

  /** Puts it back to what was saved. A request that is under way ends in no journal. */
  restore({ attempts, entries, happenings, seq }: Snapshot["journal"]): void {
    this.#life++
    this.#open = 0
    this.#seq = seq
    this.#attempts.restore(attempts)
    this.#isComplete = happenings !== undefined
    this.#happenings = [...(happenings ?? [])]
    this.#entries.length = 0
    this.#weight = 0
    for (const entry of entries) this.#keep(entryOf(entry))
  }

  #keep(entry: JournalEntry): void {
    this.#entries.push(entry)
    this.#weight += weightOf(entry)
    while (this.#entries.length > this.#limits.entries || this.#weight > this.#limits.bytes) this.#dropOldest()
  }

  #dropOldest(): void {
    const oldest = this.#entries.shift()
    if (oldest !== undefined) this.#weight -= weightOf(oldest)
    this.#isComplete = false
    this.#happenings = []
  }

  #happened(happening: Happening): void {
    for (const told of this.#watchers) told(happening)
    if (!this.#isComplete) return
    this.#happenings.push(happening)
    if (this.#happenings.length > 3 * this.#limits.entries) {
      this.#isComplete = false
      this.#happenings = []
    }
  }
}
