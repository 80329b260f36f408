/**
 * Records the requests of a world in order. An entry does not depend on the transport, the port, the runtime or the
 * wall clock, and contains no secret: two runs of the same test leave the same journal.
 *
 * Beside the entries it records the order of happenings: when each request arrived and was over, and the actions of the
 * test in between. A replay needs no more.
 */
import type { Sending } from "../clock/index.js"
import { Attempts } from "./Attempts.js"
import type { Snapshot } from "./Snapshot.js"
import type { Credential } from "./Token.js"

/**
 * One request and its answer.
 *
 * @since 0.1.0
 * @category models
 */
export interface JournalEntry {
  /** From 1, over all requests of the world. */
  readonly seq: number
  /** Server that got the request: the API, or the storage that signed URLs lead to. */
  readonly origin: "api" | "storage"
  /** Time of arrival, in milliseconds since 1970 on the world's clock. */
  readonly time: number
  /** The documented operation id, such as `getJobById`; `getPackage` is a download from the storage origin. */
  readonly operation: string | undefined
  /** The most specific id of the path, or `""`. */
  readonly subject: string
  /** From 1, over all requests of the world with the same operation and subject. */
  readonly attempt: number
  readonly method: string
  /** Such as `/v0/workflows/{workflow_id}`. */
  readonly route: string | undefined
  /** Path as sent, without the world's prefix and the query. */
  readonly path: string
  /** Decoded ids of the path. */
  readonly ids: Readonly<Record<string, string>>
  /** Values of documented parameters; only the name of any other; for a signature, `right` or `wrong`. */
  readonly query: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly headers: Readonly<Record<string, string>>
  /** Role and form of the token, never the token itself. */
  readonly credential: string
  /** Bytes of the request's body, by its `Content-Length`. */
  readonly received: number
  /** The request's body, without secrets; absent without one, and for one that was refused. */
  readonly body: unknown
  /** Absent until it is answered; stays absent when no status was sent. */
  readonly status: number | undefined
  /** The answer's `Retry-After`, in milliseconds. */
  readonly retryAfter: number | undefined
  /** Status in the answer: the job's for `createJob` and `getJobById`, `pending` or `ready` for a download. */
  readonly shown: string | undefined
  /**
   * Bytes of the answer's body that were passed to the transport; absent when unknown. The target of a signed URL does
   * not count.
   */
  readonly bytes: number | undefined
  /** Rules of the fault plan that took effect, such as `rules[1] cut`. */
  readonly fault: string | undefined
  /** Whether one of them kept the client from reading the intended answer; absent otherwise. */
  readonly spoiled: true | undefined
  /** Time when it was over, in milliseconds since 1970 on the world's clock. */
  readonly ended: number | undefined
  /** `whole`: the answer was passed on in full. `cut`: a fault ended it. `gone`: the client disconnected before. */
  readonly end: "whole" | "cut" | "gone" | undefined
}

export type Arrival = Pick<
  JournalEntry,
  "origin" | "time" | "operation" | "subject" | "method" | "route" | "path" | "ids" | "query" | "headers" | "received"
> & { readonly credential: Credential; readonly world: string }

/** An action of a test on a world. */
export type Action = Extract<Happening, { readonly action: unknown }>["action"]

/** A happening of a world: a request by its `seq`, or an action of the test by its time. */
export type Happening = NonNullable<Snapshot["journal"]["happenings"]>[number]

const describe = (credential: Credential, world: string): string => {
  if (credential.kind !== "mock") return credential.kind
  return `${credential.scheme} ${credential.role}${credential.world === world ? "" : " of another world"}`
}

type Mutable<A> = { -readonly [Key in keyof A]: A[Key] }

type OptionalKey = {
  [Key in keyof JournalEntry]: undefined extends JournalEntry[Key] ? Key : never
}[keyof JournalEntry]

/** Fields of an entry that the journal adds to the arrival. */
type OwnKey = "seq" | "attempt" | "credential"

/** Makes an entry with its fields in a fixed order, since journals are compared as texts. */
const entryOf = (
  known: Omit<JournalEntry, OptionalKey | OwnKey> & Partial<Pick<JournalEntry, OptionalKey>>,
  { attempt, credential, seq }: Pick<JournalEntry, OwnKey>
): Mutable<JournalEntry> => ({
  seq,
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
  body: known.body,
  attempt,
  credential,
  status: known.status,
  retryAfter: known.retryAfter,
  shown: known.shown,
  bytes: known.bytes,
  fault: known.fault,
  spoiled: known.spoiled,
  ended: known.ended,
  end: known.end
})

export class Writing {
  readonly #entry: Mutable<JournalEntry>
  readonly #over: (seq: number) => void
  readonly #grew: (bytes: number) => void
  /** Whether `bytes` counts the bytes passed on so far, instead of the whole body. */
  #isCounted = false

  constructor(entry: Mutable<JournalEntry>, over: (seq: number) => void, grew: (bytes: number) => void) {
    this.#entry = entry
    this.#grew = grew
    this.#over = over
  }

  get entry(): JournalEntry {
    return this.#entry
  }

  sent(body: unknown, length: number): void {
    this.#entry.body = body
    this.#entry.received = length
    this.#grew(length)
  }

  answered(status: number, bytes: number | undefined, retryAfter: number | undefined): void {
    this.#entry.status = status
    this.#entry.bytes = bytes
    this.#entry.retryAfter = retryAfter
  }

  unanswered(): void {
    this.#entry.status = undefined
    this.#entry.bytes = undefined
    this.#entry.retryAfter = undefined
    this.#entry.shown = undefined
  }

  /** Records the rules that took effect, and whether the client can read the intended answer nevertheless. */
  faulted(fault: string, isHarmless: boolean): void {
    this.#entry.fault = fault
    if (!isHarmless) this.#entry.spoiled = true
  }

  showed(status: string): void {
    this.#entry.shown = status
  }

  /** Records the size of a body that a fault has replaced. */
  sized(bytes: number): void {
    this.#entry.bytes = bytes
  }

  /** Records the bytes passed on so far of a body that is sent in chunks. */
  handed(bytes: number): void {
    this.#isCounted = true
    this.#entry.bytes = bytes
  }

  cut(): void {
    this.#entry.end = "cut"
  }

  over(now: number, whole: boolean): void {
    this.#entry.ended = now
    this.#entry.end ??= whole ? "whole" : "gone"
    if (this.#entry.end === "gone" && !this.#isCounted) this.#entry.bytes = undefined
    this.#over(this.#entry.seq)
  }
}

/** Limits of a journal; it drops the oldest entries beyond them. */
export interface JournalLimits {
  readonly entries: number
  /** Approximate size of the texts of the requests. */
  readonly bytes: number
}

const defaultLimits: JournalLimits = { entries: 10_000, bytes: 8 * 1024 * 1024 }

/** Weight of an entry without the texts of its request, in bytes. */
const ownWeight = 256

const textWeight = (texts: Readonly<Record<string, string | ReadonlyArray<string>>>): number => {
  let weight = 0
  for (const name in texts) weight += name.length + String(texts[name]).length
  return weight
}

const weightOf = ({ body, headers, ids, path, query, received }: JournalEntry): number =>
  ownWeight +
  path.length +
  (body === undefined ? 0 : received) +
  textWeight(ids) +
  textWeight(query) +
  textWeight(headers)

export class Journal {
  readonly #limits: JournalLimits
  readonly #entries: Array<JournalEntry> = []
  readonly #attempts = new Attempts()
  readonly #listeners = new Set<(happening: Happening) => void>()
  /** Order of sending, by entry; unknown for a client in another process. */
  readonly #sendings = new WeakMap<JournalEntry, Sending>()
  /** Absent when the journal has dropped some. */
  #happenings: Array<Happening> | undefined = []
  #weight = 0
  #seq = 0
  #open = 0
  /** Number of restores. */
  #life = 0

  constructor(limits: Partial<JournalLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits }
  }

  get entries(): ReadonlyArray<JournalEntry> {
    return this.#entries
  }

  /** Number of requests, including dropped ones. */
  get count(): number {
    return this.#seq
  }

  /** Number of requests that have arrived and are not over. */
  get open(): number {
    return this.#open
  }

  /** All happenings in order; absent when the journal has dropped some. */
  get happenings(): ReadonlyArray<Happening> | undefined {
    return this.#happenings
  }

  arrived(arrival: Arrival): Writing {
    const seq = ++this.#seq
    const attempt = this.#attempts.next(arrival.operation ?? arrival.method, arrival.subject)
    const credential = describe(arrival.credential, arrival.world)
    const entry = entryOf(arrival, { seq, attempt, credential })
    this.#open++
    this.#keep(entry)
    this.#happened({ arrived: seq })
    const life = this.#life
    const over = (seq: number) => {
      if (life !== this.#life) return // the world was restored meanwhile
      this.#open--
      this.#happened({ over: seq })
    }
    return new Writing(entry, over, (bytes) => {
      if (life === this.#life) this.#grew(bytes)
    })
  }

  sent(entry: JournalEntry, sending: Sending): void {
    this.#sendings.set(entry, sending)
  }

  /** Whether a request was sent before its client knew the result of another; false when unknown. */
  wasSentUnaware(entry: JournalEntry, of: JournalEntry): boolean {
    const sent = this.#sendings.get(entry)?.sent
    const known = this.#sendings.get(of)
    return sent !== undefined && known !== undefined && sent < (known.known ?? Number.POSITIVE_INFINITY)
  }

  /** Calls `listener` for each later happening. The returned function removes it. */
  watch(listener: (happening: Happening) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  did(action: Action, now: number): void {
    this.#happened({ at: now, action })
  }

  /** Returns its state; JSON leaves out undefined fields. */
  save(): Snapshot["journal"] {
    return {
      seq: this.#seq,
      entries: this.#entries as Snapshot["journal"]["entries"], // of its fields
      attempts: this.#attempts.save(),
      ...(this.#happenings && { happenings: this.#happenings })
    }
  }

  /** Restores a saved journal. The end of an open request is not recorded. */
  restore({ attempts, entries, happenings, seq }: Snapshot["journal"]): void {
    this.#life++
    this.#open = 0
    this.#seq = seq
    this.#attempts.restore(attempts)
    this.#happenings = happenings && [...happenings]
    this.#entries.length = 0
    this.#weight = 0
    for (const entry of entries) this.#keep(entryOf(entry, entry))
  }

  #keep(entry: JournalEntry): void {
    this.#entries.push(entry)
    this.#grew(weightOf(entry))
  }

  #grew(bytes: number): void {
    this.#weight += bytes
    while (this.#entries.length > this.#limits.entries || this.#weight > this.#limits.bytes) this.#dropOldest()
  }

  #dropOldest(): void {
    const oldest = this.#entries.shift()
    if (oldest !== undefined) this.#weight -= weightOf(oldest)
    this.#happenings = undefined
  }

  #happened(happening: Happening): void {
    for (const listener of this.#listeners) listener(happening)
    const count = this.#happenings?.push(happening) ?? 0
    if (count > 3 * this.#limits.entries) this.#happenings = undefined
  }
}
