/**
 * A mock server on a socket, with worlds whose time is manual.
 */
import { request } from "node:http"
import type { WorldClock } from "../../src/clock/WorldClock.js"
import type { TokenTable } from "../../src/core/Rights.js"
import { type Role, tokenOf } from "../../src/core/Token.js"
import type { World } from "../../src/core/World.js"
import { type BuiltApp, buildServer, type ServerOptions } from "../../src/server.js"
import { fixtures } from "./fixtures.js"

export class HandClock implements WorldClock {
  now = Date.UTC(2025, 0, 1)
  after(): () => boolean {
    throw new Error("nothing sleeps in these tests")
  }
  advance(millis: number, done: () => void): void {
    this.now += millis
    done()
  }
  readonly sleepers = 0
  set(now: number): void {
    this.now = now
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers without a schema
  readonly json: any
}

export interface Ask {
  readonly method?: string
  readonly token?: string | null
  readonly headers?: Record<string, string>
  readonly body?: string
}

export interface Site {
  readonly world: World
  readonly clock: HandClock
  readonly ask: (path: string, options?: Ask) => Promise<Answer>
}

export interface Server {
  readonly app: BuiltApp
  readonly url: string
  readonly site: (role?: Role | (string & {}), tokens?: TokenTable) => Site
  readonly close: () => Promise<void>
}

const read = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
}

let worlds = 0

/** A server whose worlds only the test creates. */
export const start = async (options: ServerOptions = {}): Promise<Server> => {
  const app = buildServer({ creation: "explicit", fixtures, ...options })
  const url = await app.listen({ port: 0, host: "127.0.0.1" })
  const site: Server["site"] = (role = "owner", tokens = {}) => {
    const clock = new HandClock()
    const world = app.mock.worlds.create(`w${worlds++}`, { clock, tokens })
    const ask = async (
      path: string,
      { body, headers = {}, method = "GET", token = tokenOf(world.name, role) }: Ask = {}
    ) =>
      read(
        await fetch(url + path, {
          method,
          redirect: "manual",
          headers: { ...(token === null ? {} : { authorization: token }), ...headers },
          ...(body === undefined ? {} : { body })
        })
      )
    return { world, clock, ask }
  }
  return { app, url, site, close: () => app.close() }
}

/** Sends a request whose path no URL parser has normalised. */
export const rawRequest = (
  origin: string,
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {}
): Promise<{ readonly status: number; readonly body: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin)
    const sent = request(
      { hostname, port, path, method: options.method ?? "GET", headers: options.headers },
      (answer) => {
        let body = ""
        answer.setEncoding("utf8")
        answer.on("data", (piece) => {
          body += piece
        })
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }))
      }
    )
    sent.on("error", reject)
    sent.end()
  })
