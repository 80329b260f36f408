/**
 * The file beside a part that describes its package, so that a later run can resume: ids, strong `ETag`, length and
 * checksums. Never the URL, which would give every reader of the file access to the package.
 *
 * It is written while the part is empty: after the removal of the old part, and before the first byte of the package.
 * So at any moment of a kill, a part that is not empty belongs to its sidecar, and a part without a sidecar is dropped.
 * Its content is validated like an answer of the store: an invalid sidecar counts as missing.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { JobId, TaskId, WorkflowId } from "../../Ids.js"
import type { Scrub } from "../redact.js"
import { maybe, maybeNumber, maybeString } from "../schema.js"
import { Checksum, isValid } from "./checksum.js"
import { inspect, type Ref } from "./files.js"
import { type Package, strongEtag } from "./plan.js"

const Sidecar = Schema.parseJson(
  Schema.Struct({
    version: Schema.Literal(1),
    workflowId: WorkflowId,
    jobId: JobId,
    taskId: maybe(TaskId),
    etag: maybeString,
    total: maybeNumber,
    checksums: Schema.Array(Checksum)
  })
)
type Sidecar = typeof Sidecar.Type

const encode = Schema.encodeSync(Sidecar)
const decode = Schema.decodeUnknownOption(Sidecar)

/** The maximum size in bytes. A usual sidecar has a tenth of it. */
const longest = 16_384

/** The metadata that may be stored: a validator or checksum that echoes a secret stays in memory. */
export const withoutSecrets = (known: Package, { text }: Scrub): Package => {
  const isPlain = (value: string) => text(value) === value
  return {
    ...known,
    etag: Option.filter(known.etag, isPlain),
    checksums: known.checksums.filter(({ value }) => isPlain(value))
  }
}

/** Creates the sidecar. Fails if it exists. */
export const write = (
  path: string,
  ref: Ref,
  known: Package
): Effect.Effect<void, PlatformError, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, ({ writeFileString }) =>
    writeFileString(path, `${encode({ version: 1, ...ref, ...known })}\n`, { flag: "wx" })
  )

const isOf = (ref: Ref, it: Sidecar): boolean =>
  it.workflowId === ref.workflowId &&
  it.jobId === ref.jobId &&
  Option.getOrUndefined(it.taskId) === Option.getOrUndefined(ref.taskId)

const isSound = ({ checksums, etag, total }: Sidecar): boolean =>
  Option.isSome(Option.flatMap(etag, strongEtag)) &&
  Option.getOrElse(
    Option.map(total, (it) => Number.isSafeInteger(it) && it > 0),
    () => true
  ) &&
  checksums.every(isValid)

/** Reads the package of the part; none if it is unknown, another package, or not resumable. */
export const read = (path: string, ref: Ref): Effect.Effect<Option.Option<Package>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const entry = yield* inspect(path)
    if (entry._tag !== "Regular" || entry.info.size > BigInt(longest)) return Option.none()
    const { readFileString } = yield* FileSystem.FileSystem
    const note = decode(yield* readFileString(path))
    return Option.filter(note, (it) => isOf(ref, it) && isSound(it))
  }).pipe(Effect.orElseSucceed(() => Option.none()))
