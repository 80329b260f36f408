import { assert, it } from "@effect/vitest"
import { MockServer } from "@effect-pixxel/mock-server"
import { Effect, Redacted } from "effect"

/** Code without Effect that takes a fetch. */
const countWorkflows = async (fetch: typeof globalThis.fetch, baseUrl: string, token: string) => {
  const response = await fetch(`${baseUrl}/v0/workflows`, { headers: { authorization: `Bearer ${token}` } })
  const { pagination } = (await response.json()) as { readonly pagination: { readonly total: number } }
  return pagination.total
}

it.effect("counts the workflows", () =>
  Effect.gen(function* () {
    const { baseUrl, fetch, token } = yield* MockServer
    const count = yield* Effect.promise(() => countWorkflows(fetch, baseUrl, Redacted.value(token)))
    assert.strictEqual(count, 11)
  }).pipe(Effect.provide(MockServer.layer()))
)
