/** Jobs with packages to download, and a folder for each test. */

import * as FileSystem from "@effect/platform/FileSystem"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { type Hashing, JobsApi, WorkflowId } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { type JobFixture, MockServer } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { projectId, fixtures as shipped, type Transport, world } from "./world.js"

export type Package = NonNullable<JobFixture["download"]>

/** A job that succeeds immediately, with this package. */
export const story = (download: Package): JobFixture => ({
  kind: "job",
  source: "made up for a test",
  workflow: workflowId,
  phases: [{ status: "completed" }],
  tasks: [],
  download: { pending: "0s", ...download }
})

export const workflowId = WorkflowId.make("wf-crop-classification")

// Hides the missing requirement: tests check the runtime failure of an untyped program.
const noHashing = Layer.empty as unknown as Layer.Layer<Hashing>

type WorldOptions = NonNullable<Parameters<typeof world>[1]>

/** The client in a world whose next jobs have this package, by default with Node's checksums. */
export const layer = (
  transport: Transport,
  download: Package,
  { hashing = true, ...options }: WorldOptions & { readonly hashing?: boolean } = {}
) =>
  Layer.mergeAll(
    world(transport, {
      ...options,
      fixtures: { ...shipped, jobs: new Map([...shipped.jobs, ["package", story(download)]]) }
    }),
    NodeFileSystem.layer,
    NodePath.layer,
    hashing ? NodeHashing.layer : noHashing
  )

/** Creates a job whose package can be requested. */
export const job = Effect.gen(function* () {
  yield* (yield* MockServer).enqueue("package")
  const { id: jobId } = yield* (yield* JobsApi).create({ workflowId, projectId })
  return { workflowId, jobId }
})

/** A folder for the duration of the test. */
export const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped({ prefix: "pixxel-" }))

export const filesIn = (path: string) =>
  Effect.map(
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readDirectory(path)),
    (names) => names.sort()
  )

/**
 * The bytes of the first package of a world, fetched from another world with the same seed, so that the journal of the
 * test stays unaffected. `age` is the age of the package at that time.
 */
export const bytesOf = (download: Package, age = 0) =>
  Effect.gen(function* () {
    const ref = yield* job
    yield* (yield* JobsApi).download(ref)
    yield* Effect.sleep(age)
    const { signedUrl } = yield* (yield* JobsApi).download(ref)
    const url = Redacted.value(Option.getOrThrow(signedUrl))
    const { fetch } = yield* MockServer
    return new Uint8Array(yield* Effect.promise(async () => (await fetch(url)).arrayBuffer()))
  }).pipe(Effect.provide(layer("inProcess", download)), Effect.orDie)

/** The checked parts of the requests to the store. */
export const fetches = Effect.flatMap(MockServer, ({ requests }) =>
  Effect.map(requests, (all) =>
    all
      .filter(({ operation }) => operation === "getPackage")
      .map(({ bytes, headers, method, status }) => ({ method, range: headers["range"], status, bytes }))
  )
)
