/**
 * The file beside a part that describes its package, so that a later run can resume: ids, strong `ETag`, length and
 * checksums. Never the URL, which would give every reader of the file access to the package.
 *
 * It is written while the part is empty: after the removal of the old part, and before the first byte of the package.
 * So at any moment of a kill, a part that is not empty belongs to its sidecar, and a part without a sidecar is dropped.
 * Its content is validated like an answer of the store: an invalid sidecar counts as missing.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Subject } from "../../Subject.js"
import type { Scrub } from "../redact.js"
import { maybeNumber, maybeString } from "../schema.js"
import { Checksum, isValid } from "./checksum.js"
import { inspect } from "./files.js"
import { type Package, strongEtag } from "./plan.js"

const Sidecar = Schema.parseJson(
  Schema.Struct({
    version: Schema.Literal(2),
    subject: Subject,
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
export const write = (path: string, subject: Subject, known: Package) =>
  Effect.flatMap(FileSystem.FileSystem, ({ writeFileString }) =>
    writeFileString(path, `${encode({ version: 2, subject, ...known })}\n`, { flag: "wx" })
  )

const isOf = (subject: Subject, it: Sidecar): boolean =>
  JSON.stringify({ ...it.subject }) === JSON.stringify({ ...subject })

const isSound = ({ checksums, etag, total }: Sidecar): boolean =>
  Option.isSome(Option.flatMap(etag, strongEtag)) &&
  !Option.exists(total, (it) => !Number.isSafeInteger(it) || it <= 0) &&
  checksums.every(isValid)

/** Reads the package of the part; none if it is unknown, another package, or not resumable. */
export const read = (
  path: string,
  subject: Subject
): Effect.Effect<Option.Option<Package>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const entry = yield* inspect(path)
    if (entry._tag !== "Regular" || entry.info.size > BigInt(longest)) return Option.none()
    const { readFileString } = yield* FileSystem.FileSystem
    const note = decode(yield* readFileString(path))
    return Option.filter(note, (it) => isOf(subject, it) && isSound(it))
  }).pipe(Effect.orElseSucceed(() => Option.none()))
