/**
 * Requests to the store that a signed URL leads to: without the token, without tracing headers, and without a word of
 * the URL in a span, a log or an error. It is somebody else's host.
 */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { HttpError } from "../../PixxelError.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import { execute } from "../call.js"
import * as classify from "../classify.js"
import type { Scrub } from "../redact.js"
import * as redact from "../redact.js"
import * as requestInit from "../requestInit.js"
import { type Call, within } from "../retry.js"
import * as plan from "./plan.js"

export const call: Call = {
  operation: "getPackage",
  name: "Download",
  method: "GET",
  route: "<signed URL>",
  repeatable: true
}

/** One request. */
const ask = (
  http: PixxelHttpClient.Service,
  method: "GET" | "HEAD",
  url: Redacted.Redacted,
  headers: Readonly<Record<string, string>>
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError> =>
  execute(
    http,
    // Bytes are counted as they are stored.
    HttpClientRequest.make(method)(Redacted.value(url), { headers: { ...headers, "accept-encoding": "identity" } }),
    requestInit.forStore
  )

/** More redirects than this lead nowhere. */
const mostRedirects = 5

/** How the store is asked for a package, and what is held of it. */
export interface Question {
  readonly http: PixxelHttpClient.Service
  readonly facts: classify.Facts
  readonly method: "GET" | "HEAD"
  readonly url: Redacted.Redacted
  readonly held: plan.Held
  readonly asked: plan.Asked
  /** How long nothing may come. */
  readonly idle: Duration.Duration
}

/** What the store answers, with its redirects followed, and where it was asked. */
export interface Answer {
  readonly response: HttpClientResponse.HttpClientResponse
  readonly step: plan.Step
  readonly scrub: Scrub
}

/** The answer of the store. Its body is still to be read, or left. */
export const answer = ({ asked, facts, held, http, idle, method, url }: Question): Effect.Effect<Answer, HttpError> => {
  const from = (url: Redacted.Redacted, hops: number, before: Scrub): Effect.Effect<Answer, HttpError> =>
    Effect.gen(function* () {
      // A host may echo the URL that led to it.
      const scrub = hiding(before, url)
      const response = yield* ask(http, method, url, asked.isAnew ? {} : plan.headersOf(held)).pipe(
        Effect.mapError((error) => classify.broken(facts, error.cause, Option.none(), scrub)),
        (asked) => within(asked, Duration.toMillis(idle), () => classify.tooSlow(facts, idle))
      )
      const step = plan.read(held, scrubbedHead(response, scrub), asked)
      const next = step._tag === "Redirect" && hops < mostRedirects ? follow(url, step.location) : Option.none()
      if (Option.isNone(next)) return { response, step, scrub }
      yield* leave(response, idle)
      return yield* from(next.value, hops + 1, scrub)
    })
  return Effect.flatMap(redact.now(http.auth), (scrub) => from(url, 0, scrub))
}

/** More of what a header says than this is of no use in a message. */
const longest = 100

/** The error of a success that is not the package; the store may echo anything in its headers. */
export const contradicted = (
  facts: classify.Facts,
  head: plan.Head,
  note: { readonly path: string; readonly expected: string; readonly found: string },
  scrub: Scrub
): HttpError => {
  const plain = (text: string) => scrub.text(text).slice(0, longest)
  return classify.unreadable(
    facts,
    head,
    "",
    { ...note, expected: plain(note.expected), found: plain(note.found) },
    scrub
  )
}

/** Why an answer is of no use. */
export const useless = (facts: classify.Facts, { response, scrub, step }: Answer): Effect.Effect<HttpError> =>
  step._tag === "Unusable"
    ? Effect.succeed(contradicted(facts, response, step, scrub))
    : Effect.map(Clock.currentTimeMillis, (now) => classify.refusal(facts, response, "", scrub, now))

/** The most of an unwanted body that is read: a small one leaves its connection for the next request. */
const small = 4096

/** Finishes an answer whose body is not wanted, within a time, and in a finalizer as well. */
export const leave = (
  response: HttpClientResponse.HttpClientResponse,
  within: Duration.Duration
): Effect.Effect<void> =>
  response.stream.pipe(
    // Inside of the stream, whose fiber would tell the debug log of the error, and that has the URL in it.
    Stream.catchAll(() => Stream.empty),
    Stream.mapAccum(0, (sum, piece) => [sum + piece.length, sum + piece.length]),
    Stream.takeUntil((sum) => sum >= small),
    Stream.runDrain,
    Effect.interruptible,
    Effect.timeoutOption(within),
    Effect.asVoid
  )

/**
 * Where a redirect leads to; never from an encrypted connection to one that everybody can read, and never with a user
 * name or a password, which would be sent to the new host.
 */
export const follow = (url: Redacted.Redacted, location: string): Option.Option<Redacted.Redacted> => {
  const base = Redacted.value(url)
  if (!URL.canParse(location, base)) return Option.none()
  const from = new URL(base)
  const to = new URL(location, from)
  const isSafe = to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:")
  return isSafe && to.username === "" && to.password === "" ? Option.some(Redacted.make(to.href)) : Option.none()
}

/** Hides a signed URL too, and every value in it that could open the package. */
export const hiding = (scrub: Scrub, url: Redacted.Redacted): Scrub =>
  scrub.with(redact.secretsOfUrl(Redacted.value(url)))

/**
 * A head without the secrets that the store repeats in it: what follows from it goes into errors and files. Only
 * `Location` stays as it is, since it leads on.
 */
const scrubbedHead = ({ headers, status }: plan.Head, scrub: Scrub): plan.Head => ({
  status,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      name !== "location" && value !== undefined && scrub.holds(value) ? "<redacted>" : value
    ])
  )
})
