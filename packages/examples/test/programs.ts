/**
 * Runs the programs that the documents show, as they are: `NodeRuntime.runMain` hands the effect over, and its `fetch`,
 * its settings and its console are those of a test.
 */
import { format } from "node:util"
import { FetchHttpClient } from "@effect/platform"
import { MockServer } from "@effect-pixxel/mock-server"
import { ConfigProvider, Effect, Redacted } from "effect"

/** What the programs read beside `PIXXEL_API_KEY` and `PIXXEL_BASE_URL`. */
export const settings = (baseUrl: string, token: string) =>
  ConfigProvider.fromMap(
    new Map([
      ["PIXXEL_BASE_URL", baseUrl],
      ["PIXXEL_API_KEY", token],
      ["STAGING_PIXXEL_URL", baseUrl],
      ["STAGING_PIXXEL_TOKEN", token]
    ])
  )

/** Runs a program to its end, and returns what it prints. */
export const printed = <A, E>(program: Effect.Effect<A, E>): Effect.Effect<string, E> =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const print = (...args: ReadonlyArray<unknown>) => Effect.sync(() => void lines.push(`${format(...args)}\n`))
    const console = { ...(yield* Effect.console), log: print, error: print }
    yield* Effect.withConsole(program, console)
    return lines.join("")
  })

/** The same in a world of the mock: on its clock, over its transport. */
export const inWorld = <A, E>(program: Effect.Effect<A, E>): Effect.Effect<string, E, MockServer> =>
  Effect.gen(function* () {
    const { baseUrl, fetch, token } = yield* MockServer
    return yield* printed(program).pipe(
      Effect.provideService(FetchHttpClient.Fetch, fetch),
      Effect.withConfigProvider(settings(baseUrl, Redacted.value(token)))
    )
  })
