/** Saves packages as files in a folder. A separate module, so that only downloads load it. */
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import type { Subject } from "@effect-pixxel/client"
import * as Download from "@effect-pixxel/client/Download"
import * as NodeHashing from "@effect-pixxel/client-node/NodeHashing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { fileError } from "./files.js"
import type { Limits } from "./unpack.js"

export interface Target {
  readonly source: Download.Source<Subject>
  /** The name of the file, without extension. */
  readonly name: string
}

export interface Options extends Download.Options {
  /** The target folder. */
  readonly out: string
  /** The limits for unpacking, each with a default; undefined to keep only the file. */
  readonly unpack: { readonly [Limit in keyof Limits]: Limits[Limit] | undefined } | undefined
}

export type Patience = Pick<Download.Options, "interval" | "timeout">

export type Saved = Effect.Effect.Success<ReturnType<typeof save>>

/** Waits for the URL of a package. */
export const { signedUrl } = Download

const platform = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, NodeHashing.layer)

/** Downloads a package, passes its events to `emit`, and unpacks it on request. */
export const save = (
  { name, source }: Target,
  options: Options,
  emit: (event: Download.Event) => Effect.Effect<void>
) =>
  Effect.gen(function* () {
    yield* Effect.tryPromise({
      try: () => mkdir(options.out, { recursive: true }),
      catch: (error) => fileError(`The folder ${options.out} could not be created`, error)
    })
    const path = join(options.out, `${name}.zip`)
    let result = Option.none<Download.Result>()
    yield* Stream.runForEach(Download.stream({ source, path }, options), (event) => {
      if (event._tag === "Done") result = Option.some(event.result)
      return emit(event)
    })
    const file = Option.getOrThrowWith(result, () => new Error("a download ended without its result"))
    if (options.unpack === undefined) return { file, unpacked: undefined }
    // only a package to unpack needs the reader of ZIPs
    const { defaultLimits, unpack } = yield* Effect.promise(() => import("./unpack.js"))
    const { entries = defaultLimits.entries, ratio = defaultLimits.ratio, size = defaultLimits.size } = options.unpack
    return { file, unpacked: yield* unpack(path, join(options.out, name), { size, entries, ratio }) }
  }).pipe(Effect.provide(platform))
