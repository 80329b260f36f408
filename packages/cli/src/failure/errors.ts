/** The failures of the command line itself, and all failures of commands. */
import type { AoiId, JobsApi } from "@effect-pixxel/client"
import type { ConfigError } from "effect/ConfigError"
import * as Data from "effect/Data"
import type { PixxelError } from "../ExitCode.js"
import type { OutputClosed, OutputFailed } from "../Output.js"
import type { UnpackError } from "../unpack.js"

/** The command line is invalid. */
export class UsageError extends Data.TaggedError("UsageError")<{
  readonly message: string
  /** The next step. Default: see the help. */
  readonly next?: string | undefined
}> {}

/** The job does not have exactly one matching task. */
export class TaskNotFound extends Data.TaggedError("TaskNotFound")<JobsApi.JobRef & { readonly message: string }> {}

/** The job has not ended, so it has no package yet. */
export class JobNotEnded extends Data.TaggedError("JobNotEnded")<JobsApi.JobRef & { readonly message: string }> {}

/** The search, or the AOI, has nothing to download. */
export class NothingFound extends Data.TaggedError("NothingFound")<{
  readonly message: string
  readonly next: string
}> {}

/** Some images of an AOI are missing, which `--strict` refuses. */
export class ImagesMissing extends Data.TaggedError("ImagesMissing")<{
  readonly aoiId: AoiId
  readonly message: string
}> {}

/** The user declined what the command asked. */
export class Declined extends Data.TaggedError("Declined")<{ readonly message: string }> {}

/** All failures of commands. */
export type Failure =
  | PixxelError
  | ConfigError
  | OutputFailed
  | OutputClosed
  | UsageError
  | TaskNotFound
  | JobNotEnded
  | NothingFound
  | ImagesMissing
  | Declined
  | UnpackError
