/**
 * What a world was asked, in the order in which it happened. An entry holds nothing that depends on the transport,
 * the port, the runtime or the wall clock, and no secret: two runs of the same test leave the same journal.
 */
import type { Credential } from "./Token.js"

/**
 * One request and the status it was answered with.
 *
 * @since 0.1.0
 * @category models
 */
export interface JournalEntry {
  /** From 1, over all requests of the world. */
  readonly seq: number
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
  /** Values of documented parameters; of any other, and of a signature, only the name. */
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  /** The token's role and form, never the token. */
  readonly credential: string
  /** Absent until it is answered, and for ever when the client went away. */
  readonly status: number | undefined
  /** Which rules of the fault plan took effect, such as `rules[1] cut`. */
  readonly fault: string | undefined
}

/** What is known of a request when it arrives. */
export type Arrival = Omit<JournalEntry, "seq" | "attempt" | "status" | "credential" | "fault"> & {
  readonly credential: Credential
}

const describe = (credential: Credential): string =>
  credential.kind === "mock" ? `${credential.scheme} ${credential.role}` : credential.kind

/** An entry that is being written. */
export interface Writing {
  readonly entry: JournalEntry
  /** `undefined` when no status has left after all. */
  readonly answered: (status: number | undefined) => void
  readonly faulted: (fault: string) => void
}

/** The last requests of a world. */
export class Journal {
  readonly #capacity: number
  readonly #entries: Array<JournalEntry> = []
  readonly #attempts = new Map<string, number>()
  #seq = 0

  constructor(capacity = 10_000) {
    this.#capacity = capacity
  }

  /** Oldest first; at most as many as the journal holds. */
  get entries(): ReadonlyArray<JournalEntry> {
    return this.#entries
  }

  /** How many requests there were, those that the journal no longer holds included. */
  get count(): number {
    return this.#seq
  }

  /** Writes a request down; the returned functions add what becomes of it. */
  arrived(arrival: Arrival): Writing {
    const about = `${arrival.operation ?? arrival.method}\n${arrival.subject}`
    const attempt = (this.#attempts.get(about) ?? 0) + 1
    this.#attempts.set(about, attempt)
    const entry = {
      seq: ++this.#seq,
      ...arrival,
      attempt,
      credential: describe(arrival.credential),
      status: undefined as number | undefined, // by `answered`
      fault: undefined as string | undefined // by `faulted`
    }
    this.#entries.push(entry)
    if (this.#entries.length > this.#capacity) this.#entries.shift()
    return {
      entry,
      answered: (status) => {
        entry.status = status
      },
      faulted: (fault) => {
        entry.fault = fault
      }
    }
  }
}
