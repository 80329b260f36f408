/** The settings of a program in a world: `PIXXEL_*` from the world alone, all others from where they were before. */
import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { pipe } from "effect/Function"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { MockServer } from "../src/MockServer.js"

const Settings = MockServer.layerConfigProvider.pipe(Layer.provideMerge(MockServer.layer()))

/** Returns a setting in a world, under a provider that the program had before. */
const under = <A>(present: ConfigProvider.ConfigProvider, config: Config.Config<A>) =>
  Effect.gen(function* () {
    const { baseUrl, token } = yield* MockServer
    const found = yield* Effect.either(config)
    return { found, baseUrl, key: Redacted.value(token) }
  }).pipe(Effect.provide(Settings), Effect.withConfigProvider(present))

const real = "a-real-key"
const map = new Map([
  ["BUCKET", "crops"],
  ["RETRIES", "3"],
  ["REGIONS", "north, south"],
  ["PIXXELATED", "yes"],
  ["SITE.NAME", "monsoon"],
  ["SITE.PORT", "8080"],
  ["SITE.PIXXEL_API_KEY", real],
  ["LIST[0]", "a"],
  ["LIST[1]", "b"],
  ["PIXXEL_API_KEY", real],
  ["PIXXEL_BASE_URL", "https://api.pixxel.space"],
  ["PIXXEL_AUTH_SCHEME", "raw"],
  ["PIXXEL_LIST[0]", real],
  ["PIXXEL.API_KEY", real],
  ["API_KEY", real]
])
const mine = ConfigProvider.fromMap(map)

/** Of an environment, whose names are one path when they are joined by `_`. */
const environment = ConfigProvider.fromMap(
  new Map([...map].map(([name, value]) => [name.replaceAll(".", "_"), value])),
  { pathDelim: "_" }
)

const site = Config.nested(Config.all({ name: Config.string("NAME"), port: Config.port("PORT") }), "SITE")

const others: ReadonlyArray<readonly [what: string, config: Config.Config<unknown>, expected: unknown]> = [
  ["a text", Config.string("BUCKET"), "crops"],
  ["a number", Config.integer("RETRIES"), 3],
  ["a secret", Config.map(Config.redacted("BUCKET"), Redacted.value), "crops"],
  ["a list in one text", Config.array(Config.string(), "REGIONS"), ["north", "south"]],
  ["a list of settings", Config.array(Config.string(), "LIST"), ["a", "b"]],
  ["nested settings", site, { name: "monsoon", port: 8080 }],
  ["a default", Config.withDefault(Config.string("NONE"), "default"), "default"],
  ["an option", Config.option(Config.string("NONE")), Option.none()],
  ["the second of two", Config.orElse(Config.string("NONE"), () => Config.string("BUCKET")), "crops"],
  ["a name that only begins alike", Config.string("PIXXELATED"), "yes"]
]

describe("a setting that is not of PIXXEL_*", () => {
  it.effect.each(others)("comes from the provider that was there: %s", ([, config, expected]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* under(mine, config)).found, Either.right(expected))
    })
  )

  it.effect("is combined with the world's", () =>
    Effect.gen(function* () {
      const config = Config.all({ bucket: Config.string("BUCKET"), url: Config.string("PIXXEL_BASE_URL") })
      const { baseUrl, found } = yield* under(mine, config)
      assert.deepStrictEqual(found, Either.right({ bucket: "crops", url: baseUrl }))
    })
  )

  it.effect.each([
    ["missing", Config.string("NONE")],
    ["of another type", Config.integer("BUCKET")],
    ["missing in a group", Config.nested(Config.all([Config.string("NAME"), Config.string("NONE")]), "SITE")]
  ] as ReadonlyArray<readonly [string, Config.Config<unknown>]>)(
    "fails with the words of the provider that was there when it is %s",
    ([, config]) =>
      Effect.gen(function* () {
        const direct = yield* Effect.either(mine.load(config))
        const { found } = yield* under(mine, config)
        assert.isTrue(Either.isLeft(direct))
        assert.deepStrictEqual(Either.mapLeft(found, String), Either.mapLeft(direct, String))
      })
  )

  it.effect("lists all settings except PIXXEL_*", () =>
    Effect.gen(function* () {
      const texts = Config.hashMap(Config.string(), "SITE")
      const { found } = yield* under(
        ConfigProvider.fromMap(
          new Map([
            ["SITE.A", "1"],
            ["SITE.PIXXEL_B", real]
          ])
        ),
        texts
      )
      assert.deepStrictEqual(HashMap.toEntries(Either.getOrThrow(found)), [["A", "1"]])
    })
  )

  it.effect("is found through names that the provider changes", () =>
    Effect.gen(function* () {
      const { found } = yield* under(ConfigProvider.constantCase(mine), Config.string("bucket"))
      assert.deepStrictEqual(found, Either.right("crops"))
      const nested = yield* under(ConfigProvider.nested(mine, "SITE"), Config.string("NAME"))
      assert.deepStrictEqual(nested.found, Either.right("monsoon"))
      const unnested = yield* under(ConfigProvider.unnested(mine, "APP"), Config.nested(Config.string("BUCKET"), "APP"))
      assert.deepStrictEqual(unnested.found, Either.right("crops"))
      const astray = yield* under(ConfigProvider.unnested(mine, "APP"), Config.string("BUCKET"))
      assert(Either.isLeft(astray.found) && ConfigError.isMissingDataOnly(astray.found.left))
    })
  )
})

describe("a setting of PIXXEL_*", () => {
  const key = Config.map(Config.redacted("PIXXEL_API_KEY"), Redacted.value)
  const nestedKey = Config.nested(Config.string("API_KEY"), "PIXXEL")
  const spellings: ReadonlyArray<readonly [string, ConfigProvider.ConfigProvider, Config.Config<string>]> = [
    ["by its name", mine, key],
    ["by its name, in an environment", environment, key],
    ["as a text", mine, Config.string("PIXXEL_API_KEY")],
    ["as a nested path", mine, nestedKey],
    ["as a nested path, in an environment", environment, nestedKey],
    ["as a path of three", environment, Config.nested(Config.nested(Config.string("KEY"), "API"), "PIXXEL")],
    ["within another path", mine, Config.nested(key, "SITE")],
    ["in camel case", ConfigProvider.constantCase(mine), Config.string("pixxelApiKey")],
    ["in kebab case", ConfigProvider.kebabCase(mine), Config.string("pixxel-api-key")],
    ["from a provider that begins at PIXXEL", ConfigProvider.nested(mine, "PIXXEL"), Config.string("API_KEY")],
    ["from a provider that is nested elsewhere", ConfigProvider.nested(mine, "SITE"), key],
    ["from a provider without that part", ConfigProvider.unnested(mine, "PIXXEL"), nestedKey],
    ["from a provider that changes all names", ConfigProvider.mapInputPath(mine, () => "API_KEY"), key],
    [
      "from one of two providers",
      pipe(
        ConfigProvider.fromMap(new Map()),
        ConfigProvider.orElse(() => mine)
      ),
      key
    ]
  ]
  it.effect.each(spellings)("is the world's: %s", ([, present, config]) =>
    Effect.gen(function* () {
      const { found, key } = yield* under(present, config)
      assert.deepStrictEqual(found, Either.right(key))
    })
  )

  it.effect.each([
    ["the scheme", Config.string("PIXXEL_AUTH_SCHEME")],
    ["in a nested path", Config.nested(Config.string("AUTH_SCHEME"), "PIXXEL")],
    ["a list", Config.array(Config.string(), "PIXXEL_LIST")],
    ["within another path", Config.nested(Config.string("PIXXEL_AUTH_SCHEME"), "SITE")]
  ] as ReadonlyArray<readonly [string, Config.Config<unknown>]>)(
    "that the world does not have is missing, whatever the environment says: %s",
    ([, config]) =>
      Effect.gen(function* () {
        for (const present of [mine, environment]) {
          const { found } = yield* under(present, config)
          assert(Either.isLeft(found))
          assert.isTrue(ConfigError.isMissingDataOnly(found.left))
          assert.match(
            String(found.left),
            /Expected PIXXEL_\w+ to be a setting of the mock world, which has PIXXEL_BASE_URL and PIXXEL_API_KEY; PIXXEL_\* of the environment is not read in a world/
          )
          assert.notInclude(String(found.left), real)
        }
      })
  )

  it.effect("is listed as the world has it", () =>
    Effect.gen(function* () {
      const list = (config: Config.Config<HashMap.HashMap<string, string>>, present = mine) =>
        Effect.map(under(present, config), ({ baseUrl, found, key }) => {
          const entries = Either.getOrThrow(found).pipe(HashMap.toEntries)
          return { entries: entries.sort(), baseUrl, key }
        })
      const nested = yield* list(Config.hashMap(Config.string(), "PIXXEL"))
      assert.deepStrictEqual(nested.entries, [
        ["API_KEY", nested.key],
        ["BASE_URL", nested.baseUrl]
      ])
      const flat = ConfigProvider.fromMap(new Map([...map].filter(([name]) => /^(BUCKET|PIXXEL_API_KEY)$/.test(name))))
      const all = yield* list(Config.hashMap(Config.string()), flat)
      assert.deepStrictEqual(all.entries, [
        ["BUCKET", "crops"],
        ["PIXXEL_API_KEY", all.key],
        ["PIXXEL_BASE_URL", all.baseUrl]
      ])
    })
  )
})

describe("without a provider of its own, a program reads", () => {
  beforeEach(() => {
    vi.stubEnv("BUCKET", "crops")
    vi.stubEnv("PIXXEL_API_KEY", real)
    vi.stubEnv("PIXXEL_AUTH_SCHEME", "raw")
    vi.stubEnv("PIXXEL_BASE_URL", "https://api.pixxel.space")
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it.effect("its environment, and the world's key, URL and scheme", () =>
    Effect.gen(function* () {
      const { baseUrl, token } = yield* MockServer
      assert.strictEqual(yield* Config.string("BUCKET"), "crops")
      assert.strictEqual(yield* Config.string("PIXXEL_BASE_URL"), baseUrl)
      assert.strictEqual(yield* Config.string("PIXXEL_API_KEY"), Redacted.value(token))
      assert.deepStrictEqual(yield* Config.option(Config.string("PIXXEL_AUTH_SCHEME")), Option.none())
    }).pipe(Effect.provide(Settings))
  )
})
