/**
 * Requests to the store of a signed URL, a third-party host: without the token, without tracing headers, and without
 * the URL in a span, a log or an error.
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { execute } from "../call.js"
import type * as classify from "../classify.js"
import { Failure } from "../classify.js"
import type { Connection } from "../connection.js"
import type { Scrub } from "../redact.js"
import * as redact from "../redact.js"
import * as requestInit from "../requestInit.js"
import type { Note } from "../wire.js"
import * as plan from "./plan.js"

export const call: classify.Call = {
  operation: "getPackage",
  name: "Download",
  method: "GET",
  route: "<signed URL>"
}

const mostRedirects = 5

export interface Question {
  readonly http: Connection
  readonly method: "GET" | "HEAD"
  readonly url: Redacted.Redacted
  readonly held: plan.Held
  readonly asked: plan.Asked
  /** The longest time without bytes. */
  readonly idle: Duration.Duration
}

/** The store's answer after its redirects. */
export interface Answer {
  readonly response: HttpClientResponse.HttpClientResponse
  /** The head without the response, which has the URL. */
  readonly head: classify.Head
  readonly step: plan.Step
  readonly scrub: Scrub
}

/** Requests a package. The caller reads the body, or ends it with `leave`. */
export const answer = ({ asked, held, http, idle, method, url }: Question): Effect.Effect<Answer, Failure> => {
  const from = (url: Redacted.Redacted, hops: number, before: Scrub): Effect.Effect<Answer, Failure> =>
    Effect.gen(function* () {
      // A host may echo the requested URL.
      const scrub = hiding(before, url)
      const headers = asked.isAnew ? {} : plan.headersOf(held)
      const response = yield* execute<HttpClientResponse.HttpClientResponse, Failure>(http, {
        // Ranges count the stored bytes.
        request: HttpClientRequest.make(method)(Redacted.value(url), {
          headers: { ...headers, "accept-encoding": "identity" }
        }),
        complete: requestInit.forStore,
        use: Effect.succeed,
        onFailure: ({ cause }) => new Failure({ _tag: "Broken", cause, head: undefined }, scrub),
        millis: Duration.toMillis(idle),
        onTimeout: () => new Failure({ _tag: "TooSlow", timeout: idle }, scrub)
      })
      const head = scrubbedHead(response, scrub)
      const step = plan.read(held, head, asked)
      const next = step._tag === "Redirect" && hops < mostRedirects ? follow(url, step.location) : Option.none()
      if (Option.isNone(next)) return { response, head, step, scrub }
      yield* leave(response, idle)
      return yield* from(next.value, hops + 1, scrub)
    })
  return Effect.flatMap(redact.now(http.auth), (scrub) => from(url, 0, scrub))
}

/** The maximum length of a header value in a message. */
const longest = 100

/** The reason of a success that is not the package. The store may echo secrets in its headers. */
export const contradicted = ({ head, scrub }: Answer, { expected, found, path }: Note): classify.Reason => {
  const plain = (text: string) => scrub.text(text).slice(0, longest)
  return { _tag: "Unusable", head, text: "", note: { path, expected: plain(expected), found: plain(found) } }
}

/** The reason of an unusable answer. */
export const useless = (answer: Answer): Effect.Effect<classify.Reason> =>
  answer.step._tag === "Unusable"
    ? Effect.succeed(contradicted(answer, answer.step))
    : Effect.map(Clock.currentTimeMillis, (now) => ({ _tag: "Refused", head: answer.head, text: "", now }))

/** The bytes read of an unwanted body: reading a small one to its end lets the next request reuse the connection. */
const small = 4096

/** Ends an answer with an unwanted body, within a time limit, also in a finalizer. */
export const leave = (
  response: HttpClientResponse.HttpClientResponse,
  within: Duration.Duration
): Effect.Effect<void> =>
  response.stream.pipe(
    // Within the stream: its fiber would write the error, which has the URL, to the debug log.
    Stream.catchAll(() => Stream.empty),
    Stream.mapAccum(0, (sum, piece) => [sum + piece.length, sum + piece.length]),
    Stream.takeUntil((sum) => sum >= small),
    Stream.runDrain,
    Effect.interruptible,
    Effect.timeoutOption(within),
    Effect.asVoid
  )

/**
 * The target of a redirect. Never from https to http, and never with a user name or a password, which would be sent to
 * the new host.
 */
export const follow = (url: Redacted.Redacted, location: string): Option.Option<Redacted.Redacted> => {
  const base = Redacted.value(url)
  if (!URL.canParse(location, base)) return Option.none()
  const from = new URL(base)
  const to = new URL(location, from)
  const isSafe = to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:")
  return isSafe && to.username === "" && to.password === "" ? Option.some(Redacted.make(to.href)) : Option.none()
}

/** Hides a signed URL too, and each value in it that could give access to the package. */
export const hiding = (scrub: Scrub, url: Redacted.Redacted): Scrub =>
  scrub.with(redact.secretsOfUrl(Redacted.value(url)))

/**
 * A head without echoed secrets, since its values go into errors and files. Only `Location` stays unchanged, for
 * redirects.
 */
const scrubbedHead = ({ headers, status }: classify.Head, scrub: Scrub): classify.Head => ({
  status,
  headers: Record.map(headers, (value, name) =>
    name !== "location" && value !== undefined && scrub.holds(value) ? "<redacted>" : value
  )
})
