import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Fault } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { Drift, StoreId, StoresApi } from "../src/index.js"
import { MockServer, transports, world } from "./integration/world.js"
import { json, once, scripted, status } from "./scripted.js"

const secret = "cloud-secret-5ca1ab1e"
const place = { name: "nightly", type: "S3", bucket: "crop-results", region: "ap-south-1" } as const
const input: StoresApi.CreateInput = {
  ...place,
  pathPrefix: "pixxel/",
  labels: { team: "field" },
  secrets: { accessKeyId: Redacted.make("AKIA-5ca1ab1e"), secretAccessKey: Redacted.make(secret) }
}

const stores = <A, E>(use: (stores: StoresApi.Service) => Effect.Effect<A, E>) => Effect.flatMap(StoresApi, use)

/** A store of the API. */
const stored = (more: object = {}) => {
  const configs = { bucket: "crop-results", region: "ap-south-1", path_prefix: "/pixxel" }
  return { id: "store-7", name: "nightly", type: "S3", configs, labels: { team: "field" }, ...more }
}

const listed =
  (...items: ReadonlyArray<object>) =>
  () =>
    json({ stores: items })
const lost = () => status(502)

/** Runs a create over answers, and returns its end and the methods of its requests. */
const created = (answers: ReadonlyArray<() => Response>, given: StoresApi.CreateInput = input) => {
  const { layer, seen } = scripted(answers)
  return Effect.gen(function* () {
    const fiber = yield* Effect.fork(
      Effect.exit(
        Effect.provide(
          stores((it) => it.create(given)),
          layer
        )
      )
    )
    yield* TestClock.adjust("10 minutes")
    return { exit: yield* fiber, methods: seen.map(({ method }) => method).join(" ") }
  })
}

const endOf = (exit: Exit.Exit<{ readonly id: string }, { readonly _tag: string }>) =>
  Exit.match(exit, {
    onSuccess: ({ id }) => id,
    onFailure: (cause) => (cause._tag === "Fail" ? cause.error._tag : "a defect")
  })

describe("a create of a store", () => {
  const rows: ReadonlyArray<readonly [string, ReadonlyArray<() => Response>, end: string, methods: string]> = [
    ["gives its answer, with 200", [listed(), () => json(stored())], "store-7", "GET POST"],
    ["gives its answer, with 201", [listed(), () => json(stored(), { status: 201 })], "store-7", "GET POST"],
    [
      "fails on a name that exists",
      [listed(stored()), () => status(409), listed(stored())],
      "PixxelConflict",
      "GET POST GET"
    ],
    ["adopts the equal new store after a lost answer", [listed(), lost, listed(stored())], "store-7", "GET POST GET"],
    [
      "adopts no store that was there before",
      [listed(stored()), lost, ...Array(16).fill(listed(stored())), () => status(409), listed(stored())],
      "PixxelConflict",
      `GET POST ${"GET ".repeat(16)}POST GET`
    ],
    ...(
      [
        ["bucket", { configs: { bucket: "other", region: "ap-south-1", path_prefix: "pixxel" } }],
        ["region", { configs: { bucket: "crop-results", region: "eu-west-1", path_prefix: "pixxel" } }],
        ["folder", { configs: { bucket: "crop-results", region: "ap-south-1" } }],
        ["cloud", { type: "GCS" }],
        ["label", { labels: { team: "other" } }]
      ] as const
    ).map(
      ([what, more]) =>
        [
          `adopts no new store of another ${what}`,
          [listed(), lost, listed(stored(more)), () => status(409), listed(stored(more))],
          "PixxelConflict",
          "GET POST GET POST GET"
        ] as const
    ),
    [
      "adopts the store of its lost first send after the 409 of the second",
      [listed(), lost, ...Array(16).fill(listed()), () => status(409), listed(stored())],
      "store-7",
      `GET POST ${"GET ".repeat(16)}POST GET`
    ],
    ["is not sent if the stores cannot be listed", [() => status(403)], "PixxelForbidden", "GET"],
    [
      "stays unconfirmed if the server asks for a long delay",
      [listed(), () => status(503, { "retry-after": "600" }), listed()],
      "CreateUnconfirmed",
      `GET POST ${Array(16).fill("GET").join(" ")}`
    ],
    [
      "stays unconfirmed if the stores cannot be listed",
      [listed(), lost, () => status(403)],
      "CreateUnconfirmed",
      "GET POST GET"
    ]
  ]
  for (const [name, answers, end, methods] of rows) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const outcome = yield* created(answers)
        assert.deepStrictEqual([endOf(outcome.exit), outcome.methods], [end, methods])
      })
    )
  }

  const clouds: ReadonlyArray<readonly [StoresApi.CreateInput, Readonly<Record<string, string>>]> = [
    [input, { access_key_id: "AKIA-5ca1ab1e", secret_access_key: secret }],
    [
      {
        ...place,
        type: "GCS",
        secrets: { projectId: Redacted.make("p"), serviceAccountCredentials: Redacted.make(secret) }
      },
      { project_id: "p", service_account_credentials: secret }
    ],
    [
      {
        ...place,
        type: "AZBLOB",
        secrets: {
          accountName: Redacted.make("a"),
          tenantId: Redacted.make("t"),
          clientId: Redacted.make("c"),
          clientSecret: Redacted.make(secret)
        }
      },
      { account_name: "a", tenant_id: "t", client_id: "c", client_secret: secret }
    ]
  ]
  for (const [given, secrets] of clouds) {
    it.effect(`sends the secrets of ${given.type} by their names`, () =>
      Effect.gen(function* () {
        const bodies: Array<unknown> = []
        const { layer } = scripted([], once, async (_, init) => {
          if (init?.method !== "POST") return json({ stores: [] })
          bodies.push(JSON.parse(await new Response(init.body).text()))
          return json(stored())
        })
        yield* Effect.provide(
          stores((it) => it.create(given)),
          layer
        )
        const { bucket, labels, name, pathPrefix, region, type } = given
        const configs = { bucket, region, ...(pathPrefix === undefined ? {} : { path_prefix: pathPrefix }) }
        assert.deepStrictEqual(bodies, [{ name, type, configs, secrets, ...(labels === undefined ? {} : { labels }) }])
      })
    )
  }

  for (const [path, found, given] of [
    ["name", "empty", { ...input, name: " " }],
    ["bucket", "empty", { ...input, bucket: "" }],
    ["region", "empty", { ...input, region: "" }],
    [
      "secrets.secretAccessKey",
      "empty",
      { ...input, secrets: { ...input.secrets, secretAccessKey: Redacted.make("") } }
    ],
    ["secrets.accessKeyId", "empty", { ...input, secrets: { secretAccessKey: Redacted.make(secret) } }]
  ] as const) {
    it.effect(`is not sent if ${path} is ${found}`, () =>
      Effect.gen(function* () {
        // as a caller in JavaScript may do
        const { exit, methods } = yield* created([listed()], given as StoresApi.CreateInput)
        assert(Exit.isFailure(exit) && exit.cause._tag === "Fail" && exit.cause.error._tag === "PixxelInvalidInput")
        assert.deepStrictEqual([exit.cause.error.path, exit.cause.error.found, methods], [path, found, ""])
      })
    )
  }

  it.effect("names its target when it stays unconfirmed", () =>
    Effect.gen(function* () {
      const { exit } = yield* created([listed(), lost, () => status(403)])
      assert(Exit.isFailure(exit) && exit.cause._tag === "Fail" && exit.cause.error._tag === "CreateUnconfirmed")
      const { failure, isRetryable, message, target } = exit.cause.error
      assert.deepStrictEqual(
        [{ ...target }, failure._tag, isRetryable],
        [{ _tag: "Store", name: "nightly" }, "PixxelServerError", false]
      )
      assert.match(message, /^The store nightly may have been created: StoresApi\.create was answered 502/)
    })
  )

  for (const [what, answer] of [
    ["an error", () => json({ error: { code: secret, message: secret, details: [secret] } }, { status: 400 })],
    ["an unknown outcome", () => json({ error: { message: secret } }, { status: 500 })],
    ["a drift", () => json(stored({ created_at: secret, configs: secret }))],
    ["an odd body", () => json({ secret })]
  ] as const) {
    it.effect(`shows no secret that the server repeats in ${what}`, () =>
      Effect.gen(function* () {
        const heard: Array<unknown> = []
        const { layer } = scripted([listed(), answer, listed()], {
          onDrift: (drift) =>
            Effect.zipRight(
              Effect.sync(() => heard.push(drift)),
              Drift.logWarning(drift)
            )
        })
        const logger = Logger.replace(
          Logger.defaultLogger,
          Logger.map(Logger.jsonLogger, (line) => void heard.push(line))
        )
        const fiber = yield* Effect.fork(
          Effect.exit(
            Effect.provide(
              stores((it) => it.create(input)),
              layer
            )
          ).pipe(Effect.provide(Layer.merge(logger, Logger.minimumLogLevel(LogLevel.All))))
        )
        yield* TestClock.adjust("10 minutes")
        const exit = yield* fiber
        const texts = [JSON.stringify(exit), inspect([exit, heard, input], { depth: 12 }), String(exit)]
        for (const text of texts) assert.notInclude(text, secret)
      })
    )
  }
})

describe("a store", () => {
  it.effect("is listed from null as from an empty list", () =>
    Effect.gen(function* () {
      const { layer } = scripted([() => json({ stores: null })], once)
      assert.deepStrictEqual(
        yield* Effect.provide(
          stores((it) => it.list()),
          layer
        ),
        []
      )
    })
  )

  for (const [what, answers, isDone] of [
    ["is deleted with 204", [() => new Response(null, { status: 204 })], true],
    ["is deleted after a lost answer if it is gone: 404", [lost, () => status(404)], true],
    ["is deleted after a lost answer if it is gone: 400", [lost, () => status(400)], true],
    ["that is in use is not deleted", [() => status(409)], false],
    ["that is in use is not deleted after a lost answer", [lost, () => status(409)], false],
    ["that never existed is not deleted", [() => status(404)], false]
  ] as const) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const { layer } = scripted(answers)
        const fiber = yield* Effect.fork(
          Effect.exit(
            Effect.provide(
              stores((it) => it.delete({ storeId: StoreId.make("store-7") })),
              layer
            )
          )
        )
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(Exit.isSuccess(yield* fiber), isDone)
      })
    )
  }
})

describe.each(transports)("stores of the mock, %s", (transport) => {
  it.effect("are created, listed without secrets, and deleted", () =>
    Effect.gen(function* () {
      const made = yield* stores((it) => it.create(input))
      assert.deepStrictEqual(made.labels, { team: "field" })
      const names = stores((it) => it.list()).pipe(Effect.map((all) => all.map(({ name }) => Option.getOrThrow(name))))
      assert.deepStrictEqual(yield* names, ["results", "nightly"])
      yield* stores((it) => it.delete({ storeId: made.id }))
      assert.deepStrictEqual(yield* names, ["results"])
      const mock = yield* MockServer
      assert.notInclude(inspect([yield* mock.requests, yield* mock.save], { depth: 20 }), secret)
    }).pipe(Effect.provide(world(transport)))
  )

  it.effect("are created once if the answer is lost", () =>
    Effect.gen(function* () {
      const mock = yield* MockServer
      yield* mock.faults.use(Fault.plan(Fault.on("CreateStore", Fault.loseAnswer("reset"))))
      const made = yield* stores((it) => it.create(input))
      assert.deepStrictEqual(made.name, Option.some("nightly"))
      yield* mock.verify({ operation: "CreateStore", times: 1 })
    }).pipe(Effect.provide(world(transport)))
  )
})
