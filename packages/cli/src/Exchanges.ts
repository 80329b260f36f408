/**
 * Logs each request of a command to stderr for `--verbose`: method and URL, status and time, the server's request id,
 * and the proxy. Shows no query and no secret that a server echoes.
 */
import type * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import { requestIdOf } from "@effect-pixxel/client/internal/classify"
import * as redact from "@effect-pixxel/client/internal/redact"
import { RequestBody } from "@effect-pixxel/client/internal/requestBody"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Output } from "./Output.js"
import type { Route } from "./Proxy.js"
import { plain } from "./render/plain.js"
import { span } from "./render/words.js"

/**
 * Collects the secrets of all requests, which a server may echo in any answer: tokens, those of bodies, and the values of
 * signed URLs, which are requested without a token.
 */
const remembering = () => {
  const known = new Set<string>()
  let scrub = redact.none()
  return ({ body, headers, url }: HttpClientRequest): redact.Scrub => {
    const authorization = headers["authorization"]
    const secrets = authorization === undefined ? redact.secretsOfUrl(url) : redact.secretsOfHeader(authorization)
    const before = known.size
    for (const secret of [...secrets, ...(body instanceof RequestBody ? body.secrets : [])]) known.add(secret)
    if (known.size > before) scrub = redact.none().with([...known])
    return scrub
  }
}

const shortSpan = (millis: number) => (millis < 1_000 ? `${millis} ms` : span(millis))

/** The URL without credentials, query and fragment. */
const targetOf = ({ url }: HttpClientRequest, scrub: redact.Scrub): string => {
  if (!URL.canParse(url)) return "(no URL)"
  const { host, pathname, protocol } = new URL(url)
  return scrub.text(`${protocol}//${host}${pathname}`)
}

/** Names the proxy of a request. */
const viaOf = ({ url }: HttpClientRequest, route: Route): string =>
  Option.match(Option.flatMap(Option.liftThrowable(() => new URL(url))(), route), {
    onNone: () => "",
    onSome: ({ name }) => ` via the proxy ${name}`
  })

const named = (headers: Headers.Headers, scrub: redact.Scrub) =>
  Option.match(requestIdOf(headers, scrub), { onNone: () => "", onSome: (id) => `, request ${id},` })

/** A transport that logs each exchange. */
export const logged = (route: Route): Layer.Layer<HttpClient.HttpClient, never, HttpClient.HttpClient | Output> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const { note } = yield* Output
      const scrubOf = remembering()
      return HttpClient.transform(client, (send, request) =>
        Effect.flatMap(Clock.currentTimeMillis, (began) => {
          const scrub = scrubOf(request)
          const log = (what: string) =>
            Effect.flatMap(Clock.currentTimeMillis, (now) =>
              note(
                plain(
                  `${request.method} ${targetOf(request, scrub)}: ${what} after ${shortSpan(now - began)}${viaOf(request, route)}`
                )
              )
            )
          return Effect.onExit(send, (exit) =>
            Exit.isFailure(exit) ? log("no answer") : log(`${exit.value.status}${named(exit.value.headers, scrub)}`)
          )
        })
      )
    })
  )
