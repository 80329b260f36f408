/** Stores: a body with secrets, a name that only one has, a 204, and their state. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { capsuleOf } from "../../src/core/Capsule.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import { type Server, type Site, start } from "./harness.js"

let server: Server
beforeAll(async () => {
  server = await start({ fixtures: shippedFixtures() })
})
afterAll(() => server.close())

const secrets = { access_key_id: "AKIA-0815", secret_access_key: "s3cr3t-0815" }
const s3 = { name: "mine", type: "S3", configs: { bucket: "b", region: "r" }, secrets }
const create = ({ ask }: Site, store: object = s3) =>
  ask("/v0/stores", { method: "POST", body: JSON.stringify(store), headers: { "content-type": "application/json" } })

describe("stores", () => {
  it("are created, listed and deleted, without their secrets", async () => {
    const site = server.site()
    const { json, status } = await create(site, { ...s3, labels: { team: "a" } })
    const at = "2025-01-01T00:00:00Z"
    const { secrets: _, ...own } = s3
    assert.deepStrictEqual(
      [status, json],
      [200, { ...own, id: json.id, labels: { team: "a" }, created_at: at, updated_at: at }]
    )
    const names = async () => (await site.ask("/v0/stores")).json.stores.map(({ name }: { name: string }) => name)
    assert.deepStrictEqual(await names(), ["results", "mine"])
    const remove = () => site.ask(`/v0/stores/${json.id}`, { method: "DELETE" })
    const gone = await remove()
    assert.deepStrictEqual([gone.status, gone.text], [204, ""])
    assert.deepStrictEqual(await names(), ["results"])
    assert.strictEqual((await remove()).json.error.message, `There is no store "${json.id}".`)
    assert.notStrictEqual((await create(site)).json.id, json.id)
  })

  it("of one name are refused, and viewers may only read", async () => {
    const site = server.site()
    assert.deepStrictEqual([(await create(site)).status, (await create(site)).status], [200, 409])
    const viewer = server.site("viewer")
    const statuses = [await create(viewer), await viewer.ask("/v0/stores/x", { method: "DELETE" })]
    assert.deepStrictEqual(
      [...statuses, await viewer.ask("/v0/stores")].map(({ status }) => status),
      [403, 403, 200]
    )
  })

  const wrong: ReadonlyArray<readonly [what: string, store: object, problems: ReadonlyArray<string>]> = [
    ["a list", [s3], ['expected a store, an object with "type": "S3", "GCS" or "AZBLOB"']],
    ["the secrets of another type", { ...s3, type: "GCS" }, ['no "project_id"', 'key "access_key_id"']],
    ["an empty secret", { ...s3, secrets: { ...secrets, access_key_id: "" } }, ['secrets.access_key_id: found ""']],
    [
      "secrets in a list",
      { ...s3, secrets: Object.values(secrets) },
      ["secrets: found a secret, expected the secrets of S3"]
    ],
    ["no bucket", { ...s3, configs: { region: "" } }, ['configs: found no "bucket"', 'configs.region: found ""']]
  ]
  it.each(wrong)("are refused with their problems, without a secret: %s", async (_, store, problems) => {
    const { status, text } = await create(server.site(), store)
    assert.strictEqual(status, 400)
    for (const problem of problems)
      assert.include(text.replaceAll('\\"', '"').replaceAll('","message":"', ": "), problem)
    for (const secret of Object.values(secrets)) assert.notInclude(text, secret)
  })

  it.each([
    [
      "an unknown type",
      { ...s3, type: "s3", name: "", labels: 3 },
      [
        'type: found "s3", expected one of "S3", "GCS", "AZBLOB" (did you mean "S3"?)',
        'name: found "", expected a text that is not empty',
        "labels: found 3, expected an object of texts"
      ]
    ],
    [
      "no type",
      { secrets, endpoint: "e" },
      [
        '(root): found no "type", expected one of "S3", "GCS", "AZBLOB"',
        '(root): found no "name", expected a text that is not empty',
        '(root): found no "configs", expected a place in a cloud'
      ]
    ]
  ])("of %s are refused with the problems of the fields that all types have", async (_, store, problems) => {
    const { json, status } = await create(server.site(), store)
    assert.strictEqual(status, 400)
    const found: ReadonlyArray<{ path: string; message: string }> = json.error.details.problems
    assert.sameMembers(
      found.map(({ message, path }) => `${path}: ${message}`),
      problems
    )
  })

  it("are saved and restored, and no secret is in what the mock keeps", async () => {
    const site = server.site()
    await create(site)
    await create(site, { ...s3, secrets: [secrets] })
    const { world } = site
    const snapshot = world.save()
    for (const secret of Object.values(secrets)) {
      assert.notInclude(JSON.stringify([snapshot, capsuleOf(world, true), world.journal.entries]), secret)
    }
    const other = server.site()
    other.world.restore(snapshot)
    assert.deepStrictEqual((await other.ask("/v0/stores")).json, (await site.ask("/v0/stores")).json)
    const [store] = snapshot.drawers.stores?.items ?? []
    assert.throws(
      () => other.world.restore({ ...snapshot, drawers: { stores: { items: [store, store], created: 1 } } }),
      'drawers.stores.items[1].id: found "store-results" a second time, expected a name of its own'
    )
  })
})
