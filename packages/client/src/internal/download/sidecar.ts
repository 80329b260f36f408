/**
 * The note beside a part that says what it is a part of, so that a later run can go on: whose package, its strong
 * `ETag`, its length and its checksums. Never the URL, which opens the package for whoever reads the note.
 *
 * It is written while the part is empty: after what was there is dropped, and before the first byte of the package. So
 * whatever moment the process is killed at, a part that is not empty belongs to its note, and one without is dropped.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { JobId, TaskId, WorkflowId } from "../../Ids.js"
import { maybe, maybeNumber, maybeString } from "../schema.js"
import { Checksum } from "./checksum.js"
import type { Ref } from "./files.js"
import type { Package } from "./plan.js"

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

const encode = Schema.encodeSync(Sidecar)
const decode = Schema.decodeUnknownOption(Sidecar)

export const write = (
  path: string,
  ref: Ref,
  known: Package
): Effect.Effect<void, PlatformError, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, ({ writeFileString }) =>
    writeFileString(path, `${encode({ version: 1, ...ref, ...known })}\n`)
  )

/** What the part is a part of; none if nobody knows, or it is of another package. */
export const read = (path: string, ref: Ref): Effect.Effect<Option.Option<Package>, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, ({ readFileString }) => readFileString(path)).pipe(
    Effect.option,
    Effect.map((text) =>
      Option.filter(
        Option.flatMap(text, decode),
        (it) =>
          it.workflowId === ref.workflowId &&
          it.jobId === ref.jobId &&
          Option.getOrUndefined(it.taskId) === Option.getOrUndefined(ref.taskId)
      )
    )
  )
