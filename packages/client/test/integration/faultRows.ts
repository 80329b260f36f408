/**
 * Faults on the way to the API and to the store, with the expected outcomes. `call` is the outcome of a repeatable call
 * when each attempt meets the fault; `store` is that of a download. The outcomes of other operations follow from these
 * two, in their table.
 */
import type { DownloadFailure, HttpError } from "@effect-pixxel/client"
import { Fault, type FaultPlan } from "@effect-pixxel/mock-server"
import { size } from "../../../../vitest.size.js"
import type { Detour, Transport } from "./faultTransports.js"

type FaultEffect = FaultPlan["rules"][number]["do"]

export type CallOutcome = "success" | HttpError["_tag"]
export type StoreOutcome = "success" | DownloadFailure["_tag"]

/** One outcome for all transports, or an outcome per transport. */
type By<Outcome> = Outcome | Readonly<Record<Transport, Outcome>>

export interface Secrets {
  readonly token: string
  readonly signature: string
}

export interface FaultRow {
  readonly what: string
  /** The fault of the mock, or another destination of the request. */
  readonly does: Detour | ((at: Secrets & { readonly elsewhere: string }) => FaultEffect)
  readonly call: By<CallOutcome>
  readonly store: By<StoreOutcome>
  /**
   * The outcome of a create. `never left` and `refused` are certain; `made` is a job with a lost answer, which is
   * found.
   */
  readonly create: "never left" | "refused" | "not made" | "made"
  /** Whether it is JSON without readable content. */
  readonly isJson?: boolean
  /** Whether rows with the same status and other bodies may alternate. */
  readonly turn?: number
}

export const outcomeOf = <Outcome extends string>(by: By<Outcome>, transport: Transport): Outcome =>
  typeof by === "string" ? by : by[transport]

// --- connections ---

const lost = { call: "PixxelTransportError", store: "DownloadIncomplete" } as const
/** Each attempt adds some bytes, until all have arrived. */
const lostPieces = { call: "PixxelTransportError", store: "success" } as const
const latePieces = { call: "PixxelRequestTimeout", store: "success" } as const
const late = { call: "PixxelRequestTimeout", store: "DownloadIncomplete" } as const

const connections: ReadonlyArray<FaultRow> = [
  { what: "closed port", does: "refused", ...lost, create: "never left" },
  { what: "unknown host name", does: "nowhere", ...lost, create: "never left" },
  { what: "reset before the request is read", does: () => Fault.refuse("reset"), ...lost, create: "not made" },
  { what: "closed before the request is read", does: () => Fault.refuse("close"), ...lost, create: "not made" },
  { what: "no answer", does: () => Fault.refuse("hang"), ...late, create: "not made" },
  { what: "reset before the head", does: () => Fault.loseAnswer("reset"), ...lost, create: "made" },
  { what: "closed before the head", does: () => Fault.loseAnswer("close"), ...lost, create: "made" },
  { what: "no answer after the work", does: () => Fault.loseAnswer("hang"), ...late, create: "made" },
  { what: "reset in the head", does: () => Fault.cutHead("reset"), ...lost, create: "made" },
  { what: "closed in the head", does: () => Fault.cutHead("close"), ...lost, create: "made" },
  { what: "stalled in the head", does: () => Fault.cutHead("hang"), ...late, create: "made" },
  { what: "reset after the head", does: () => Fault.cutBody(0, "reset"), ...lost, create: "made" },
  { what: "closed after the head", does: () => Fault.cutBody(0, "close"), ...lost, create: "made" },
  { what: "stalled after the head", does: () => Fault.cutBody(0, "hang"), ...late, create: "made" },
  { what: "body cut by a reset", does: () => Fault.cutBody(9, "reset"), ...lostPieces, create: "made" },
  { what: "body cut by a close", does: () => Fault.cutBody(9, "close"), ...lostPieces, create: "made" },
  { what: "stalled body", does: () => Fault.cutBody(9, "hang"), ...latePieces, create: "made" },
  { what: "bad chunk", does: () => Fault.badChunk, ...lost, create: "made" },
  {
    what: "slow drip, in time",
    does: () => Fault.drip(500, "1s"),
    call: "success",
    store: "success",
    create: "made"
  },
  {
    what: "slow drip, longer than an attempt may take",
    does: () => Fault.drip(5, "20s"),
    call: "PixxelRequestTimeout",
    // Bytes keep arriving, which suffices for a download.
    store: "success",
    create: "made"
  }
]

// --- statuses ---

const tags = {
  400: "PixxelBadRequest",
  401: "PixxelUnauthorized",
  402: "PixxelUnexpectedStatus",
  403: "PixxelForbidden",
  404: "PixxelNotFound",
  409: "PixxelConflict",
  422: "PixxelUnexpectedStatus",
  429: "PixxelRateLimited",
  499: "PixxelUnexpectedStatus",
  500: "PixxelServerError",
  502: "PixxelServerError",
  503: "PixxelServerError",
  504: "PixxelServerError"
} as const satisfies Record<number, CallOutcome>

/** The refusals of the API before it makes a job. */
const refusals = new Set(["400", "401", "402", "403", "404", "422", "429"])

const json = { "content-type": "application/json" }
const url = ({ signature }: Secrets) => `https://store.test/package.zip?X-Amz-Signature=${signature}`

/** The body of an answer, which echoes secrets. */
const bodies: Readonly<Record<string, (secrets: Secrets) => Parameters<typeof Fault.answer>[1]>> = {
  JSON: ({ signature, token }) => ({
    headers: json,
    body: {
      error: { code: "E42", message: `not with ${token}`, details: { signature, url: url({ signature, token }) } }
    }
  }),
  HTML: (secrets) => ({
    headers: { "content-type": "text/html" },
    body: `<html><body><h1>No</h1><a href="${url(secrets)}">Authorization: Bearer ${secrets.token}</a></body></html>`
  }),
  empty: () => ({}),
  broken: (secrets) => ({
    headers: json,
    body: `{"error":{"message":"not with ${secrets.token}","url":"${url(secrets)}`
  })
}

const statuses: ReadonlyArray<FaultRow> = Object.entries(tags).flatMap(([status, call], at) =>
  Object.entries(bodies).map(
    ([kind, body], offset): FaultRow => ({
      turn: (at + offset) % 4,
      what: `${status} ${kind}`,
      does: (at) => Fault.answer(Number(status), body(at)),
      call,
      store: Number(status) >= 500 || status === "429" ? "DownloadIncomplete" : "DownloadError",
      create: refusals.has(status) ? "refused" : "not made"
    })
  )
)

const retryAfter: ReadonlyArray<FaultRow> = [429, 503].flatMap((status) => {
  const outcome = {
    call: status === 429 ? "PixxelRateLimited" : "PixxelServerError",
    store: "DownloadIncomplete"
  } as const
  const row = (what: string, does: FaultEffect): FaultRow => ({
    what: `${status}, Retry-After ${what}`,
    does: () => does,
    ...outcome,
    create: status === 429 ? "refused" : "not made"
  })
  const words = ["-7", "7 apples", "soon", "", "1e400", "Infinity", "31 Feb 2025", "Wed, 99 Foo 2025 25:61:61 GMT"]
  return [
    row("in seconds", Fault.answer(status, { retryAfter: "7s" })),
    row("as a date", Fault.answer(status, { retryAfter: "7s", retryAfterAs: "date" })),
    row("as a date long past", Fault.answer(status, { headers: { "retry-after": "Sat, 01 Jan 2000 00:00:00 GMT" } })),
    row("in ten years", Fault.answer(status, { headers: { "retry-after": "315360000" } })),
    row(
      "in ten years, as a date",
      Fault.answer(status, { headers: { "retry-after": "Mon, 01 Jan 2035 00:00:00 GMT" } })
    ),
    row("beyond all numbers", Fault.answer(status, { headers: { "retry-after": "9".repeat(400) } })),
    ...words.map((text) => row(JSON.stringify(text), Fault.answer(status, { headers: { "retry-after": text } })))
  ]
})

/** Redirects of the API are not followed; those of the store are, without the token. */
const redirects: ReadonlyArray<FaultRow> = [
  ...([301, 302, 303, 307, 308] as const).map(
    (status): FaultRow => ({
      what: `${status} to another host`,
      does: ({ elsewhere }) => Fault.redirect(`${elsewhere}/there`, status),
      call: "PixxelUnexpectedStatus",
      store: "success",
      create: "not made"
    })
  ),
  {
    what: "redirect to itself",
    does: () => Fault.redirect("loop", 307),
    call: "PixxelUnexpectedStatus",
    store: "DownloadError",
    create: "not made"
  }
]

// --- bodies ---

const unreadable = "PixxelDecodeError"

const contents: ReadonlyArray<FaultRow> = [
  {
    what: "wrong content type",
    does: () => Fault.contentType("text/html"),
    call: "success",
    store: "success",
    create: "made"
  },
  { what: "content length too long", does: () => Fault.contentLengthOff(7), ...lost, create: "made" },
  {
    what: "content length too short",
    does: () => Fault.contentLengthOff(-7),
    call: unreadable,
    store: "DownloadError",
    create: "made"
  },
  {
    what: "200 with an error envelope",
    does: (at) => Fault.answer(200, bodies["JSON"]?.(at)),
    isJson: true,
    call: unreadable,
    store: "DownloadError",
    create: "not made"
  },
  {
    what: "200 with the page of a gateway",
    does: (at) => Fault.answer(200, bodies["HTML"]?.(at)),
    call: unreadable,
    store: "DownloadError",
    create: "not made"
  },
  {
    what: "200 with broken JSON",
    does: (at) => Fault.answer(200, bodies["broken"]?.(at)),
    call: unreadable,
    store: "DownloadError",
    create: "not made"
  },
  {
    what: "204 without a body",
    does: () => Fault.answer(204),
    call: unreadable,
    store: "DownloadIncomplete",
    create: "not made"
  },
  {
    what: "empty body",
    does: () => Fault.body("empty"),
    call: unreadable,
    store: "DownloadIncomplete",
    create: "made"
  },
  {
    what: "malformed body",
    does: () => Fault.body("malformed"),
    call: unreadable,
    store: "DownloadError",
    create: "made"
  },
  { what: "truncated body", does: () => Fault.truncate(10), call: unreadable, store: "DownloadError", create: "made" },
  {
    what: "megabytes of white space before the body",
    does: () => Fault.oversize(size(2_000_000, 20_000_000)),
    call: "success",
    store: "DownloadError",
    create: "made"
  },
  {
    what: "content labelled gzip that is not",
    does: () => Fault.corruptGzip,
    // undici's request does not decode, so the body is readable.
    call: { "in process": "PixxelTransportError", fetch: "PixxelTransportError", undici: "success" },
    store: { "in process": "DownloadIncomplete", fetch: "DownloadIncomplete", undici: "success" },
    create: "made"
  },
  {
    what: "corrupt gzip",
    does: () => Fault.answer(200, { headers: { "content-encoding": "gzip" }, body: "\u001f\u008b\b\u0000 no more" }),
    call: { "in process": "PixxelTransportError", fetch: "PixxelTransportError", undici: unreadable },
    // An undecoded package cannot be resumed, so there is no second attempt.
    store: { "in process": "DownloadIncomplete", fetch: "DownloadIncomplete", undici: "DownloadError" },
    create: "not made"
  }
]

/** Whether the head of a success arrives. */
export const hasHead = (fault: FaultRow): boolean =>
  contents.includes(fault) || /after the head|body|chunk|drip/.test(fault.what)

export const faults: ReadonlyArray<FaultRow> = [...connections, ...statuses, ...retryAfter, ...redirects, ...contents]
