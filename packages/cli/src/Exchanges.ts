/**
 * Every request of a command as a line on stderr, for `--verbose`: method and URL, status and time, the server's id of
 * the request, and the proxy. A query is never shown: that of a signed URL opens the package.
 */
import type { Headers } from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Output } from "./Output.js"
import type { Route } from "./Proxy.js"
import { plain } from "./render/plain.js"
import { span } from "./render/words.js"

/** The headers under which servers give the id of a request. */
const requestIds = ["x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "x-amz-request-id"]

/** A server may send back whatever it was sent: an id that holds the token is not shown. */
const requestIdOf = ({ headers: sent }: HttpClientRequest, received: Headers): Option.Option<string> => {
  const token = (sent["authorization"] ?? "").split(" ").at(-1) ?? ""
  const id = requestIds.map((name) => received[name]).find((value) => value !== undefined)
  return id === undefined || (token !== "" && id.includes(token)) ? Option.none() : Option.some(id.slice(0, 128))
}

const shortSpan = (millis: number) => (millis < 1_000 ? `${millis} ms` : span(millis))

const targetOf = ({ url }: HttpClientRequest) => url.replace(/[?#].*$/, "")

/** The proxy of a request, by its name. */
const viaOf = ({ url }: HttpClientRequest, route: Route): string =>
  Option.match(Option.flatMap(Option.liftThrowable(() => new URL(url))(), route), {
    onNone: () => "",
    onSome: ({ name }) => ` via the proxy ${name}`
  })

/** The transport, with a note of each exchange. */
export const told = (route: Route): Layer.Layer<HttpClient.HttpClient, never, HttpClient.HttpClient | Output> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const { note } = yield* Output
      return HttpClient.transform(client, (send, request) =>
        Effect.flatMap(Clock.currentTimeMillis, (began) => {
          const tell = (what: string) =>
            Effect.flatMap(Clock.currentTimeMillis, (now) =>
              note(
                plain(
                  `${request.method} ${targetOf(request)}: ${what} after ${shortSpan(now - began)}${viaOf(request, route)}`
                )
              )
            )
          return Effect.onExit(send, (exit) =>
            Exit.isFailure(exit)
              ? tell("no answer")
              : tell(
                  Option.match(requestIdOf(request, exit.value.headers), {
                    onNone: () => `${exit.value.status}`,
                    onSome: (id) => `${exit.value.status}, request ${id},`
                  })
                )
          )
        })
      )
    })
  )
