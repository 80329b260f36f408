/** Every quirk: its lines are equivalent, and a world with it sends the values in the README. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { WorldQuirks } from "../src/core/Fixture.js"
import { MockServer } from "../src/MockServer.js"
import { linesOf, quirkRows } from "./quirkRows.js"

/** Returns the answers of a world with these quirks: a job from its creation to its end, lists, and an unknown id. */
const answersOf = (quirks: WorldQuirks) =>
  Effect.gen(function* () {
    const { baseUrl, fetch, token } = yield* MockServer
    const ask = (path: string, method = "GET") =>
      Effect.promise(() =>
        fetch(`${baseUrl}/v0/workflows/${path}`, { method, headers: { authorization: Redacted.value(token) } }).then(
          async (response) => `${response.status} ${response.headers.get("content-type")} ${await response.text()}`
        )
      )
    const jobs = "wf-crop-classification/jobs"
    const created = yield* ask(`${jobs}?project_id=p`, "POST")
    const { id } = JSON.parse(created.slice(created.indexOf("{")))
    const answers = [created]
    for (let n = 0; n < 12; n++) {
      yield* Effect.sleep("30 seconds")
      answers.push(yield* ask(`${jobs}/${id}`))
    }
    answers.push(yield* ask(jobs), yield* ask("wf-methane-screening/jobs"), yield* ask("unknown/jobs"))
    return answers.join("\n")
  }).pipe(Effect.provide(MockServer.layer({ quirks, conduct: false })))

describe("a quirk", () => {
  it.effect.each(quirkRows.map((row) => [`${row.quirk}: ${row.sends}`, row] as const))("%s", ([, row]) =>
    Effect.gen(function* () {
      const [without, with_] = yield* Effect.all([answersOf({}), answersOf(row.quirks)])
      for (const [shown, of, not] of [
        [row.has, with_, without],
        [row.lacks, without, with_]
      ] as const) {
        if (shown === undefined) continue
        assert.match(of, shown)
        assert.notMatch(not, shown)
      }
    })
  )

  it.each(quirkRows.map((row) => [`${row.quirk}: ${row.sends}`, row] as const))(
    "is the same on the command line, over HTTP and in a test: %s",
    (_, row) => {
      const { commandLine, http, test } = linesOf(row)
      const said: Array<unknown> = []
      new Function("MockServer", test)({ layer: ({ quirks }: MockServer.Options) => said.push(quirks) })
      said.push(JSON.parse(commandLine.slice(commandLine.indexOf("'") + 1, -1)).quirks)
      said.push(JSON.parse(http.slice(http.indexOf("{"))).quirks)
      for (const quirks of said) assert.deepStrictEqual(quirks, row.quirks)
    }
  )
})
