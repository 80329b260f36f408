/** The commands of projects, stores and orders. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { json, over, pixxel, refused, scripted } from "./harness.js"

const folder = mkdtempSync(join(tmpdir(), "pixxel-resources-"))
afterAll(() => rmSync(folder, { recursive: true }))

describe("pixxel projects", () => {
  it.effect("lists projects in all forms", () =>
    Effect.gen(function* () {
      expect((yield* pixxel("projects list --mock")).stdout).toMatchInlineSnapshot(`
        "ID                    NAME          TITLE         CREATED
        project-basin-watch   basin-watch   -             -
        project-monsoon-2024  monsoon-2024  Monsoon 2024  2024-05-20T04:12:09Z
        "
      `)
      const { projects } = JSON.parse((yield* pixxel("projects list --mock --json")).stdout)
      const lines = (yield* pixxel("projects list --mock --jsonl")).stdout.trim().split("\n")
      assert.deepStrictEqual(
        lines.map((line) => JSON.parse(line)),
        projects
      )
    })
  )

  it.effect("shows a project", () =>
    Effect.gen(function* () {
      expect((yield* pixxel("projects get project-monsoon-2024 --mock")).stdout).toMatchInlineSnapshot(`
        "project    project-monsoon-2024
        name       monsoon-2024
        title      Monsoon 2024
        workspace  org-field-survey
        created    2024-05-20T04:12:09Z
        updated    2024-06-03T09:12:44Z
        "
      `)
    })
  )

  it.effect("suggests the list for an unknown one", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("projects get --project p-1", {
        environment: scripted(() => refused(404))
      })
      assert.strictEqual(code, 5)
      assert.include(stderr, "To list the existing ones: pixxel projects list.")
    })
  )
})

describe("pixxel indices", () => {
  const create = (range: string, name = "Leaf-water") =>
    `indices create --name ${name} --description Drought --satellite sat-firefly-1 --expression B8/B4 --image index --colormap viridis ${range} --mock`

  it.effect("creates one, in all forms", () =>
    Effect.gen(function* () {
      const line = create("--rescale=-0.5,1")
      expect((yield* pixxel(line)).stdout).toMatchInlineSnapshot(`
        "index        ab70f322-ea64-482f-9864-3514351eac34
        name         Leaf-water
        description  Drought
        type         custom
        image        index
        expression   B8/B4
        bands        B4, B8
        colours      viridis
        range        -0.5 to 1
        satellite    sat-firefly-1
        created      2025-01-01T00:00:00Z
        "
      `)
      const one = JSON.parse((yield* pixxel(`${line} --json`)).stdout)
      assert.deepInclude(one, { name: "Leaf-water", type: "custom", rescale: [-0.5, 1], bands: ["B4", "B8"] })
      assert.deepStrictEqual(JSON.parse((yield* pixxel(`${line} --jsonl`)).stdout), one)
    })
  )

  it.effect("takes a range after a space", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* pixxel(create("--rescale 0,1"))).code, 0)
      assert.strictEqual((yield* pixxel(create("--rescale -1,1"))).code, 0)
    })
  )

  const wrong = ["--rescale=1", "--rescale=a,b", "--rescale=1,2,3", "--rescale=1,-1", ""]
  it.effect.each(wrong)("refuses the range '%s'", (range) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* pixxel(create(range))).code, 2)
    })
  )

  it.effect("suggests the list when the name is taken", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel(create("--rescale=0,1", "NDVI"))
      assert.strictEqual(code, 3)
      assert.include(stderr, "To list the existing ones: pixxel indices list --mock")
    })
  )
})

describe("pixxel blocks", () => {
  it.effect("lists blocks and versions", () =>
    Effect.gen(function* () {
      expect((yield* pixxel("blocks list --mode workflow --mock")).stdout).toMatchInlineSnapshot(`
        "NAME                VERSION  TITLE                INPUTS                                                 STATUS
        cropclassification  1.0.0    Crop classification  input_image, start_date, end_date                      released
        waterquality        1.0.0    Water quality        input_image, water_bodies, date, parameter, threshold  released
        "
      `)
      const { blocks } = JSON.parse((yield* pixxel("blocks versions cropclassification --mock --json")).stdout)
      assert.deepStrictEqual(
        blocks.map(({ spec }: { readonly spec: { readonly version: string } }) => spec.version),
        ["1.0.0", "1.1.0"]
      )
    })
  )

  it.effect("shows what a block takes and gives", () =>
    Effect.gen(function* () {
      expect((yield* pixxel("blocks get cropclassification@1.1.0 --mock")).stdout).toMatchInlineSnapshot(`
        "block        cropclassification
        version      1.1.0
        title        Crop classification
        description  Which crop grows on which field.
        status       released
        created      2025-08-19T07:30:00Z

        INPUT        FORMAT  DEFAULT  DESCRIPTION
        input_image  raster  -        Input satellite imagery
        start_date   date    -        Analysis start date
        end_date     date    -        Analysis end date
        min_area     number  0.5      Smallest field in hectares
        season       string  kharif   Season of the crops

        OUTPUT  FORMAT   DEFAULT  DESCRIPTION
        result  raster   -        The crop of each pixel
        areas   tabular  -        Hectares by crop
        "
      `)
    })
  )

  it.effect("asks in the form of the guide, which has prices", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel("blocks list --guide", {
        environment: scripted(() => json({ blocks: [{ spec: { name: "crops", version: "2.0.0", price: 7 } }] }))
      })
      assert.match(stdout, /PRICE\n.*7 tokens/)
    })
  )

  it.effect.each(["crop", "crop@", "@1.0.0", "crop@1@2"])("refuses the version '%s'", (block) =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel(`blocks get --block ${block} --mock`)
      assert.strictEqual(code, 2)
      assert.include(stderr, "cropclassification@1.0.0")
    })
  )
})

describe("pixxel orders report", () => {
  it.effect("prints the report as it came", () =>
    Effect.gen(function* () {
      expect((yield* pixxel("orders report --mock --time-zone Asia/Kolkata")).stdout).toMatchInlineSnapshot(`
        "order_id,created_at,type,area_km2,tokens
        order-north-archive,2024-12-02 05:30:00,ARCHIVE,116,232
        order-basin-monthly,2024-12-22 05:30:00,RECURRING,174,1044
        order-south-capture,2024-12-28 05:30:00,TASKING,174,522
        "
      `)
    })
  )

  it.effect("hides control characters from a terminal only", () =>
    Effect.gen(function* () {
      const environment = scripted(() => new Response("order\nno\u001b[2J\n"))
      assert.include((yield* pixxel("orders report", { environment })).stdout, "\u001b[2J")
      const terminal = { columns: 80 }
      assert.notInclude((yield* pixxel("orders report", { environment, terminal })).stdout, "\u001b[2J")
    })
  )

  it.effect("writes it to a file", () =>
    Effect.gen(function* () {
      const path = join(folder, "reports", "orders.csv")
      const { code, stdout } = yield* pixxel(`orders report --out ${path} --mock`)
      assert.deepStrictEqual([code, stdout], [0, `Saved ${path}\n`])
      assert.match(readFileSync(path, "utf8"), /^order_id,.*\n(.*\n){3}$/)
    })
  )

  it.effect("refuses an unknown time zone", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("orders report --time-zone Mars --mock")
      assert.strictEqual(code, 2)
      assert.include(stderr, 'pixxel orders report was not sent: --time-zone is "Mars"')
    })
  )
})

const secret = "cloud-secret-5ca1ab1e"
const secrets = { access_key_id: "AKIA-5ca1ab1e", secret_access_key: secret }
const create = "stores create --name nightly --type S3 --bucket crop-results --region ap-south-1"
const made = { id: "store-7", name: "nightly", type: "S3", configs: { bucket: "crop-results", region: "ap-south-1" } }

/** An API without stores, which records the bodies of creates. */
const api = (answer: () => Response = () => json(made)) => {
  const bodies: Array<unknown> = []
  const fetch: typeof globalThis.fetch = async (_, init) => {
    if (init?.method !== "POST") return json({ stores: [] })
    bodies.push(JSON.parse(await new Response(init.body).text()))
    return answer()
  }
  return { bodies, environment: over(fetch) }
}

const variables = (entries: Readonly<Record<string, string>>) =>
  Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(entries))))

const fileOf = (name: string, content: string) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe("pixxel stores create", () => {
  const path = fileOf("secrets.json", JSON.stringify(secrets))
  const sources = [
    ["a file", `${create} --secrets-file ${path}`, {}],
    ["stdin", `${create} --secrets-file -`, { answers: JSON.stringify(secrets) }],
    ["a prompt", create, { answers: `${secrets.access_key_id}\nx\u007f${secret}\r`, terminal: { columns: 80 } }]
  ] as const
  it.effect.each(sources)("takes its secrets from %s", ([, line, surroundings]) =>
    Effect.gen(function* () {
      const { bodies, environment } = api()
      const { code, stderr, stdout } = yield* pixxel(line, { environment, ...surroundings })
      assert.strictEqual(code, 0, stderr)
      const { id: _, ...rest } = made
      assert.deepStrictEqual(bodies, [{ ...rest, secrets }])
      assert.notInclude(stdout + stderr, secret)
    })
  )

  it.effect("takes its secrets from variables", () =>
    Effect.gen(function* () {
      const { bodies, environment } = api()
      const env = variables({
        PIXXEL_STORE_ACCESS_KEY_ID: secrets.access_key_id,
        PIXXEL_STORE_SECRET_ACCESS_KEY: secret
      })
      const { code } = yield* Effect.provide(pixxel(create, { environment }), env)
      assert.strictEqual(code, 0)
      assert.deepInclude(bodies[0], { secrets })
    })
  )

  const wrong = [
    ["without secrets", create, "needs the secret access_key_id of S3"],
    ["without a file", `${create} --secrets-file ${folder}/none.json`, "ENOENT"],
    ["with a file that is no JSON", `${create} --secrets-file ${fileOf("odd.json", secret)}`, "is no JSON"],
    [
      "with a file that lacks a secret",
      `${create} --secrets-file ${fileOf("half.json", JSON.stringify({ access_key_id: secret }))}`,
      "needs the secret secret_access_key of S3"
    ]
  ] as const
  it.effect.each(wrong)("creates nothing %s, and shows no secret", ([, line, says]) =>
    Effect.gen(function* () {
      const { bodies, environment } = api()
      for (const form of ["", " --json"]) {
        const { code, stderr, stdout } = yield* pixxel(`${line}${form}`, { environment })
        assert.deepStrictEqual([code, stdout], [2, ""])
        assert.include(stderr, says)
        assert.notInclude(stderr, secret)
      }
      assert.isEmpty(bodies)
    })
  )

  it.effect("shows no secret that the API repeats", () =>
    Effect.gen(function* () {
      const echo = () =>
        json({ error: { message: `bad key ${secret}` } }, { status: 400, headers: { "x-request-id": secret } })
      const { environment } = api(echo)
      const line = `${create} --secrets-file ${path} --verbose`
      for (const form of ["", " --json"]) {
        const { code, stderr } = yield* pixxel(`${line}${form}`, { environment })
        assert.strictEqual(code, 3)
        assert.include(stderr, "<redacted>")
        assert.include(stderr, "/v0/stores: 400")
        assert.notInclude(stderr, secret)
      }
    })
  )

  it.effect("names the list for a name that exists", () =>
    Effect.gen(function* () {
      const { environment } = api(() => refused(409))
      const { code, stderr } = yield* pixxel(`${create} --secrets-file ${path}`, { environment })
      assert.strictEqual(code, 3)
      assert.include(stderr, "To list the existing ones: pixxel stores list.")
    })
  )
})

describe("pixxel stores", () => {
  it.effect("list, create and delete stores of the mock", () =>
    Effect.gen(function* () {
      expect((yield* pixxel("stores list --mock")).stdout).toMatchInlineSnapshot(`
        "ID             NAME     TYPE  BUCKET        REGION
        store-results  results  S3    crop-results  ap-south-1
        "
      `)
      assert.include((yield* pixxel(`${create} --mock`)).stdout, "nightly")
      assert.strictEqual((yield* pixxel("stores delete store-results --mock")).stdout, "Deleted store store-results.\n")
    })
  )
})

describe("pixxel stores delete", () => {
  const environment = scripted(() => new Response(null, { status: 204 }))

  it.effect("needs --yes without a terminal", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("stores delete store-1", { environment })
      assert.strictEqual(code, 2)
      assert.include(stderr, "pixxel stores delete deletes a store, and confirmation needs a terminal. Pass --yes.")
      assert.strictEqual((yield* pixxel("stores delete store-1 --yes", { environment })).code, 0)
    })
  )

  it.effect.each([
    ["y\n", 0, "Deleted store store-1.\n"],
    ["n\n", 12, ""]
  ] as const)("asks at a terminal: %j", ([answers, code, stdout]) =>
    Effect.gen(function* () {
      const terminal = { columns: 80 }
      const outcome = yield* pixxel("stores delete store-1", { environment, answers, terminal })
      assert.deepStrictEqual([outcome.code, outcome.stdout], [code, stdout])
      assert.include(outcome.stderr, "This deletes store store-1.\nDelete it? [y/N]")
      if (code === 12) assert.include(outcome.stderr, "Nothing was deleted.")
    })
  )
})
