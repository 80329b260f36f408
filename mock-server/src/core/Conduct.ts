/**
 * Rules for clients of this API, judged from the journal of a world. Each rule looks at requests alone, so it holds for
 * a client in any language. Clients are distinguished by their token, and each is judged by itself; requests without a
 * token count as those of one client. One rule, that of bodies, needs the mock's own `HttpClient`.
 */
import type { Role } from "../resources/Resource.js"
import { isDuration, parseDuration, seconds } from "./Duration.js"
import type { Journal, JournalEntry } from "./Journal.js"
import { operationOf } from "./Operations.js"
import { outcomeOf } from "./Status.js"

/**
 * The rules, with their requirements.
 *
 * @since 0.1.0
 * @category models
 */
export const conductRules = {
  retryAfter: "a client repeats an operation on a subject only after the time that Retry-After asks for",
  pollFloor: "a client waits at least the floor between two polls of a job or package that is not ready (default: 1 s)",
  pollAfterEnd: "a client does not poll a job after an answer has shown its end; one more look is allowed",
  secondCreate: "a client lists the jobs between a create of unknown outcome and another create",
  resume: "a client resumes a download that was cut, with Range and If-Range",
  tokenToStorage: "a client never sends the API's token to the host of the signed URLs",
  unreadBody: "a client reads or cancels every body; only the mock's own HttpClient sees it"
} as const

/**
 * @since 0.1.0
 * @category models
 */
export type ConductRule = keyof typeof conductRules

/**
 * The rules that apply: all that are not switched off. `pollFloor` may be a duration such as `"5s"`.
 *
 * @since 0.1.0
 * @category models
 * @example
 * const conduct: Conduct = { pollAfterEnd: false, pollFloor: "500ms" }
 */
export type Conduct = { readonly [Rule in Exclude<ConductRule, "pollFloor">]?: boolean | undefined } & {
  readonly pollFloor?: boolean | string | undefined
}

/**
 * A rule that was broken.
 *
 * @since 0.1.0
 * @category models
 */
export interface Violation {
  readonly rule: ConductRule
  /** Describes the violation for the report of a failed test. */
  readonly message: string
  /** The requests that it is about, by their `seq`, as far as requests show it. */
  readonly requests: ReadonlyArray<number>
}

const named = ({ operation, seq, subject }: JournalEntry): string =>
  `#${seq} ${operation}${subject === "" ? "" : ` of ${JSON.stringify(subject)}`}`

/** Whether the client has received a whole success. */
const isSeen = ({ end, spoiled, status }: JournalEntry): boolean =>
  status === 200 && end === "whole" && spoiled !== true

const isOver = (entry: JournalEntry): entry is JournalEntry & { readonly ended: number } => entry.ended !== undefined

export type Known = Pick<Journal, "entries" | "wasSentUnaware">

/** Returns the token of a request, without its form. */
const clientOf = ({ credential }: JournalEntry): string => credential.replace(/^(?:raw|bearer) /, "token ")

/**
 * Each request with the next one of the same client on the same operation and path that began after its end. Of two
 * concurrent requests the second may arrive after the end of the first without knowing of it.
 */
type Repeats = ReadonlyMap<JournalEntry, JournalEntry>

const repeatsOf = (journal: Known): Repeats => {
  const { entries } = journal
  const groups = new Map<string, Array<JournalEntry>>()
  for (const entry of entries) {
    const key = `${entry.operation} ${entry.path} ${clientOf(entry)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [entry])
    else group.push(entry)
  }
  const repeats = new Map<JournalEntry, JournalEntry>()
  for (const group of groups.values()) {
    for (const [index, entry] of group.entries()) {
      const { ended } = entry
      if (ended === undefined || entry.operation === undefined) continue
      const follows = (it: JournalEntry) => it.time >= ended && !journal.wasSentUnaware(it, entry)
      let next = index + 1
      let repeat = group[next]
      while (repeat !== undefined && !follows(repeat)) repeat = group[++next]
      if (repeat !== undefined) repeats.set(entry, repeat)
    }
  }
  return repeats
}

const retryAfter = (entries: ReadonlyArray<JournalEntry>, repeats: Repeats): ReadonlyArray<Violation> =>
  entries.filter(isOver).flatMap((entry) => {
    const wait = entry.retryAfter ?? 0
    const next = wait > 0 ? repeats.get(entry) : undefined
    if (next === undefined || next.time >= entry.ended + wait) return []
    const message =
      `${named(next)} came ${seconds(next.time - entry.ended)} after #${entry.seq}, ` +
      `which was answered ${entry.status} with the wish to wait for ${seconds(wait)}`
    return [{ rule: "retryAfter", message, requests: [entry.seq, next.seq] }]
  })

const roleOf = ({ operation }: JournalEntry): Role | undefined => operationOf(operation)?.role

const isPending = (entry: JournalEntry): boolean => {
  const { shown } = entry
  const role = shown === undefined ? undefined : roleOf(entry)
  return role === "look" ? outcomeOf(shown ?? "") === "pending" : role === "package" && shown === "pending"
}

const pollFloor = (entries: ReadonlyArray<JournalEntry>, repeats: Repeats, floor: number): ReadonlyArray<Violation> =>
  entries.filter(isOver).flatMap((entry) => {
    const next = isPending(entry) && isSeen(entry) ? repeats.get(entry) : undefined
    if (next === undefined || next.time >= entry.ended + floor) return []
    const message =
      `${named(next)} came ${seconds(next.time - entry.ended)} after #${entry.seq}, ` +
      `which showed it ${JSON.stringify(entry.shown)}: the floor between two polls is ${seconds(floor)}`
    return [{ rule: "pollFloor", message, requests: [entry.seq, next.seq] }]
  })

/** Returns the first repeat whose answer the client received. */
const lookAfter = (entry: JournalEntry, repeats: Repeats): JournalEntry | undefined => {
  let look = repeats.get(entry)
  while (look !== undefined && !isSeen(look)) look = repeats.get(look)
  return look
}

/** A program may get the ended job once more; a second time counts as polling. */
const pollAfterEnd = (entries: ReadonlyArray<JournalEntry>, repeats: Repeats): ReadonlyArray<Violation> => {
  const told = new Set<string>()
  return entries.flatMap((entry) => {
    const { shown, subject } = entry
    const hasEnded = roleOf(entry) === "look" && shown !== undefined && outcomeOf(shown) !== "pending"
    const key = `${subject} ${clientOf(entry)}`
    const look = hasEnded && isSeen(entry) && !told.has(key) ? lookAfter(entry, repeats) : undefined
    const next = look && repeats.get(look)
    if (look === undefined || next === undefined) return []
    told.add(key)
    const message = `${named(next)} is the second after #${entry.seq} had shown it ${JSON.stringify(shown)}: it will not change`
    return [{ rule: "pollAfterEnd", message, requests: [entry.seq, look.seq, next.seq] }]
  })
}

/** Statuses of a create that the API sends before it creates a job. The head of the answer is enough. */
const refusals = new Set([400, 401, 402, 403, 404, 422, 429])

/** Whether a create has an unknown outcome: the client received neither a job nor a refusal of the API. */
const isAmbiguous = (entry: JournalEntry): boolean => {
  const { end, fault, operation, spoiled, status } = entry
  if (status === undefined) return true
  if (status === operationOf(operation)?.madeNothing) return false // the head is enough
  if (status === 409 && fault === undefined) return false // another thing is there instead
  return !refusals.has(status) && !(status >= 200 && status < 300 && end === "whole" && spoiled !== true)
}

const secondCreate = (entries: ReadonlyArray<JournalEntry>, repeats: Repeats): ReadonlyArray<Violation> =>
  entries.flatMap((entry) => {
    if (roleOf(entry) !== "create" || !isOver(entry) || !isAmbiguous(entry)) return []
    const next = repeats.get(entry)
    if (next === undefined) return []
    const { foundIn, subject: about = "" } = operationOf(entry.operation) ?? {}
    const listed = entries.some(
      (other) =>
        other.seq > entry.seq &&
        other.seq < next.seq &&
        other.time >= entry.ended &&
        roleOf(other) === "list" &&
        [about, foundIn].includes(operationOf(other.operation)?.subject) &&
        other.subject === entry.subject &&
        clientOf(other) === clientOf(entry) &&
        isSeen(other)
    )
    if (listed) return []
    const message =
      `${named(next)} came after #${entry.seq}, which may have made ${/^[aeio]/i.test(about) ? "an" : "a"} ${about} ` +
      `(${entry.status === undefined ? "no answer" : `answered ${entry.status}`}), and the ${about}s were not listed since: ` +
      "it may pay twice"
    return [{ rule: "secondCreate", message, requests: [entry.seq, next.seq] }]
  })

const resume = (entries: ReadonlyArray<JournalEntry>, repeats: Repeats): ReadonlyArray<Violation> =>
  entries.flatMap((entry) => {
    const { bytes = 0, end, method, operation, status } = entry
    const wasCut = operation === "getPackage" && method === "GET" && (status === 200 || status === 206) && bytes > 0
    const next = wasCut && end !== "whole" ? repeats.get(entry) : undefined
    if (next === undefined || next.method !== "GET") return []
    const missing = ["range", "if-range"].filter((name) => next.headers[name] === undefined)
    if (missing.length === 0) return []
    const without = missing.includes("range") ? "Range" : "If-Range"
    const why = without === "Range" ? `fetches again the ${bytes} bytes that` : "may join two different packages after"
    const message = `${named(next)} has no ${without}, and ${why} #${entry.seq} brought before it was cut`
    return [{ rule: "resume", message, requests: [entry.seq, next.seq] }]
  })

const tokenToStorage = (entries: ReadonlyArray<JournalEntry>): ReadonlyArray<Violation> =>
  entries.flatMap((entry) => {
    if (entry.operation !== "getPackage" || entry.credential === "missing") return []
    const message = `${named(entry)} sent a token: a signed URL leads to the host of a third party`
    return [{ rule: "tokenToStorage", message, requests: [entry.seq] }]
  })

const floorOf = ({ pollFloor = true }: Conduct): number => {
  if (typeof pollFloor !== "string") return parseDuration("1s")
  if (isDuration(pollFloor)) return parseDuration(pollFloor)
  throw new RangeError(`pollFloor is ${JSON.stringify(pollFloor)}, expected a duration such as "5s"`)
}

/**
 * Returns all violations of the clients, in the order of the rules. `unread` labels the requests whose answers have
 * unread bodies.
 */
export const judge = (
  known: Known,
  rules: Conduct = {},
  unread: ReadonlyArray<string> = []
): ReadonlyArray<Violation> => {
  const { entries } = known
  const repeats = repeatsOf(known)
  const findings: { readonly [Rule in ConductRule]: () => ReadonlyArray<Violation> } = {
    retryAfter: () => retryAfter(entries, repeats),
    pollFloor: () => pollFloor(entries, repeats, floorOf(rules)),
    pollAfterEnd: () => pollAfterEnd(entries, repeats),
    secondCreate: () => secondCreate(entries, repeats),
    resume: () => resume(entries, repeats),
    tokenToStorage: () => tokenToStorage(entries),
    unreadBody: () =>
      unread.map((request) => ({
        rule: "unreadBody",
        message: `the body of the answer to ${request} was neither read nor cancelled: its connection is lost`,
        requests: []
      }))
  }
  const rulesInOrder = Object.keys(conductRules) as ReadonlyArray<ConductRule> // its keys
  return rulesInOrder.flatMap((rule) => (rules[rule] === false ? [] : findings[rule]()))
}
