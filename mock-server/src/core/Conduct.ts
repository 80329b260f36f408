/**
 * What a client should never do to this API, read from the journal of a world: each rule looks at requests alone, so
 * it holds for a client in any language. Clients are told apart by their token, and each is judged by itself; requests
 * without a token count as those of one client. One rule, that of bodies, is about what only the mock's own `HttpClient` sees.
 */
import { isDuration, parseDuration, seconds } from "./Duration.js"
import type { Journal, JournalEntry } from "./Journal.js"
import { outcomeOf } from "./Status.js"

/**
 * The rules, and what each asks for.
 *
 * @since 0.1.0
 * @category models
 */
export const conductRules = {
  retryAfter: "after a Retry-After, the operation on that subject is not asked again before its time",
  pollFloor: "between two polls of what is not done yet, at least the floor passes (default: 1 s)",
  pollAfterEnd: "a job that was shown to have ended is not polled any more; one look is no poll",
  secondCreate: "after a create whose outcome nobody can know, the jobs are listed before another create",
  resume: "a download that was cut goes on where it was, with Range and If-Range",
  tokenToStorage: "the API's token never goes to the host of the signed URLs",
  unreadBody: "every body is read or cancelled; seen by the mock's own HttpClient only"
} as const

/**
 * @since 0.1.0
 * @category models
 */
export type ConductRule = keyof typeof conductRules

/**
 * Which rules hold: all that are not switched off. `pollFloor` may be a duration such as `"5s"`.
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
  /** For whoever reads the failed test. */
  readonly message: string
  /** The requests that it is about, by their `seq`, as far as requests show it. */
  readonly requests: ReadonlyArray<number>
}

const defaultFloor = "1s"

const named = ({ operation, seq, subject }: JournalEntry): string =>
  `#${seq} ${operation}${subject === "" ? "" : ` of ${JSON.stringify(subject)}`}`

/** Faults that leave an answer as it is to whoever reads it: late, slow, padded, or under another name. */
const harmless = ["latency", "drip", "oversize", "contentType", "stale", "noRange"]

/** Whether a client could read the answer as the server meant it. */
const isClean = ({ fault }: JournalEntry): boolean =>
  fault === undefined || fault.split(", ").every((rule) => harmless.some((kind) => rule.endsWith(` ${kind}`)))

/** A success that the client has seen, all of it. */
const isSeen = (entry: JournalEntry): boolean => entry.status === 200 && entry.end === "whole" && isClean(entry)

const isOver = (entry: JournalEntry): entry is JournalEntry & { readonly ended: number } => entry.ended !== undefined

/** What is known of the requests of a world. */
export type Known = Pick<Journal, "entries" | "wasSentUnaware">

/** The token of a request, in whichever of its two forms it was sent. */
const clientOf = ({ credential }: JournalEntry): string => credential.replace(/^(?:raw|bearer) /, "token ")

/**
 * What the same client sent after each request on the same operation and path, as soon as that one was over. Of two that were sent at
 * once the second may arrive when the first is over, and knows nothing of it.
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

const pollsOfPackages = new Set(["downloadJob", "downloadTask"])

/** A poll whose answer says that there is more to come. */
const isPending = ({ operation = "", shown }: JournalEntry): boolean =>
  shown !== undefined &&
  (operation === "getJobById" ? outcomeOf(shown) === "pending" : pollsOfPackages.has(operation) && shown === "pending")

const pollFloor = (entries: ReadonlyArray<JournalEntry>, repeats: Repeats, floor: number): ReadonlyArray<Violation> =>
  entries.filter(isOver).flatMap((entry) => {
    const next = isPending(entry) && isSeen(entry) ? repeats.get(entry) : undefined
    if (next === undefined || next.time >= entry.ended + floor) return []
    const message =
      `${named(next)} came ${seconds(next.time - entry.ended)} after #${entry.seq}, ` +
      `which showed it ${JSON.stringify(entry.shown)}: the floor between two polls is ${seconds(floor)}`
    return [{ rule: "pollFloor", message, requests: [entry.seq, next.seq] }]
  })

/** A look that the client saw the answer of, however often it had to ask for it. */
const lookAfter = (entry: JournalEntry, repeats: Repeats): JournalEntry | undefined => {
  let look = repeats.get(entry)
  while (look !== undefined && !isSeen(look)) look = repeats.get(look)
  return look
}

/** A program may look at the job once more when it has it; who comes a second time is polling. */
const pollAfterEnd = (entries: ReadonlyArray<JournalEntry>, repeats: Repeats): ReadonlyArray<Violation> => {
  const told = new Set<string>()
  return entries.flatMap((entry) => {
    const { operation, shown, subject } = entry
    const hasEnded = operation === "getJobById" && shown !== undefined && outcomeOf(shown) !== "pending"
    const key = `${subject} ${clientOf(entry)}`
    const look = hasEnded && isSeen(entry) && !told.has(key) ? lookAfter(entry, repeats) : undefined
    const next = look && repeats.get(look)
    if (look === undefined || next === undefined) return []
    told.add(key)
    const message = `${named(next)} is the second after #${entry.seq} had shown it ${JSON.stringify(shown)}: it will not change`
    return [{ rule: "pollAfterEnd", message, requests: [entry.seq, look.seq, next.seq] }]
  })
}

/** The statuses of a create that the API says before it makes anything. Only their head is needed. */
const refusals = new Set([400, 401, 402, 403, 404, 422, 429])

/** Whether the client of a create cannot know if there is a job: neither a job nor a refusal of the API was said. */
const isAmbiguous = (entry: JournalEntry): boolean => {
  const { end, status } = entry
  if (status === undefined) return true
  return !refusals.has(status) && !(status >= 200 && status < 300 && end === "whole" && isClean(entry))
}

const secondCreate = (entries: ReadonlyArray<JournalEntry>, repeats: Repeats): ReadonlyArray<Violation> =>
  entries.flatMap((entry) => {
    if (entry.operation !== "createJob" || !isOver(entry) || !isAmbiguous(entry)) return []
    const next = repeats.get(entry)
    if (next === undefined) return []
    const listed = entries.some(
      (other) =>
        other.seq > entry.seq &&
        other.seq < next.seq &&
        other.time >= entry.ended &&
        other.operation === "listJobs" &&
        other.subject === entry.subject &&
        clientOf(other) === clientOf(entry) &&
        isSeen(other)
    )
    if (listed) return []
    const message =
      `${named(next)} came after #${entry.seq}, of which nobody can know whether it made a job ` +
      `(${entry.status === undefined ? "no answer" : `answered ${entry.status}`}), and nobody has listed the jobs since: ` +
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
    const message = `${named(entry)} took a token along: a signed URL leads to somebody else's host`
    return [{ rule: "tokenToStorage", message, requests: [entry.seq] }]
  })

const floorOf = ({ pollFloor = true }: Conduct): number => {
  if (typeof pollFloor !== "string") return parseDuration(defaultFloor)
  if (isDuration(pollFloor)) return parseDuration(pollFloor)
  throw new RangeError(`pollFloor is ${JSON.stringify(pollFloor)}, expected a duration such as "5s"`)
}

/**
 * All that a client did against the rules, in the order of the rules. `unread` names the requests whose bodies nobody
 * has read.
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
        message: `nobody has read or cancelled the body that ${request} was answered with: its connection is lost`,
        requests: []
      }))
  }
  const rulesInOrder = Object.keys(conductRules) as ReadonlyArray<ConductRule> // its keys
  return rulesInOrder.flatMap((rule) => (rules[rule] === false ? [] : findings[rule]()))
}
