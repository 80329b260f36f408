/** `pixxel config`: the settings in effect and their sources. */
import * as Command from "@effect/cli/Command"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { connection } from "../Environment.js"
import { problems } from "../failure/problem.js"
import { type Column, fields, sections, table } from "../render/table.js"
import * as Settings from "../Settings.js"
import { answerAlone } from "./answer.js"
import { group } from "./calling.js"
import { define } from "./command.js"
import { common } from "./options.js"

/** The client's validation of the settings, without sending a request. */
const problem = (flags: Settings.Flags): Effect.Effect<Option.Option<string>> =>
  Layer.build(connection()).pipe(
    Effect.provideService(
      HttpClient.HttpClient,
      HttpClient.make(() => Effect.never)
    ),
    Effect.scoped,
    Effect.flip,
    Effect.map((error) => problems(error).join(" ")),
    Effect.option,
    (self) => Settings.withFlags(self, flags)
  )

const titles = { apiKey: "API key", authScheme: "auth scheme", baseUrl: "base URL" } as const

const sources = {
  flag: (from: string) => `flag ${from}`,
  environment: (from: string) => `environment ${from}`,
  default: () => "default",
  missing: (from: string) => `not set: ${from}`
} as const

const columns: ReadonlyArray<Column<Settings.Setting>> = [
  { head: "SETTING", of: ({ name }) => titles[name] },
  { head: "VALUE", cuts: true, of: ({ value }) => value },
  { head: "FROM", of: ({ from, source }) => sources[source](from) }
]

const show = define("config show", common, (options) =>
  answerAlone(
    options,
    options.mock
      ? Effect.succeed({
          json: () => ({ mock: true, settings: {} }),
          text: () => "The embedded mock server needs and uses no settings."
        })
      : Effect.gen(function* () {
          const settings = yield* Settings.all(options)
          const wrong = yield* problem(options)
          return {
            json: () => ({
              mock: false,
              settings: Object.fromEntries(
                settings.map(({ from, name, source, value }) => [
                  name,
                  { value: Option.getOrNull(value), source, ...(from === "" ? {} : { from }) }
                ])
              ),
              problem: Option.getOrNull(wrong)
            }),
            text: (style) =>
              sections(table(columns, settings, style), fields([["problem", { value: wrong, colour: "red" }]], style))
          }
        })
  )
).pipe(Command.withDescription("Show the settings and their sources. The API key is masked."))

export const config = group("config", "Show the settings in effect.", [show])
