/** A whole download: the lock, the check of the target, the transfer into the part, and the rename to the target. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import { camelToSnake } from "effect/String"
import type * as Download from "../../Download.js"
import type { DownloadError, DownloadFailure } from "../../DownloadError.js"
import { Hashing } from "../../Hashing.js"
import type { Subject } from "../../Subject.js"
import { Connection } from "../connection.js"
import * as elapsed from "../elapsed.js"
import { limitOf } from "../following.js"
import type { Source } from "../packages.js"
import * as packages from "../packages.js"
import * as policies from "../policy.js"
import * as redact from "../redact.js"
import * as span from "../span.js"
import { scrubbed } from "../subject.js"
import * as waiter from "../waiter.js"
import {
  compare,
  discard,
  type Entry,
  type Failing,
  failing,
  inspect,
  link,
  look,
  namesOf,
  ofPlatform,
  ownsOnly,
  syncFolder
} from "./files.js"
import * as head from "./head.js"
import * as lock from "./lock.js"
import * as meter from "./meter.js"
import * as Part from "./part.js"
import type { Context } from "./transfer.js"
import * as transfer from "./transfer.js"

type Emit = (event: Download.Event) => Effect.Effect<void>

// --- the package ---

type WaitOptions = Pick<Download.Options, "interval" | "timeout">

const askForPackage = <S extends Subject>(http: Connection, source: Source<S>, options: WaitOptions, path?: string) =>
  Effect.gen(function* () {
    const limit = yield* limitOf(options.timeout)
    const { url } = yield* packages.whenReady({
      ...limit,
      http,
      path,
      source,
      waiter: waiter.adjust(http.waiter, { interval: options.interval }),
      advice: "download again with the same ids."
    })
    return url
  })

/** Emits each polled state of a package that is not ready. */
const observed = <S extends Subject>(source: Source<S>, emit: Emit): Source<S> => ({
  ...source,
  ask: (http) =>
    Effect.map(source.ask(http), ({ look, mayBeUnknown }) => ({
      mayBeUnknown,
      look: Effect.tap(look, ({ value: { isReady, outcome, status } }) =>
        isReady || outcome === "failed" ? Effect.void : emit({ _tag: "Waiting", waitingFor: "package", status })
      )
    }))
})

/** Waits for the signed URL of a package. */
export const signedUrl = <S extends Subject>(source: Source<S>, options: WaitOptions) =>
  Effect.flatMap(Connection, (http) => askForPackage(http, source, options))

// --- the target ---

const exists = <S extends Subject>({ fail, names }: Context<S>, what: string, more: Parameters<Failing>[2] = {}) =>
  fail(
    "TargetExists",
    `${names.target} exists already${what}. Move it away, or download with ifExists "overwrite".`,
    more
  )

/** Keeps a target that is the package already, by its length and its checksum, if any. */
const skip = <S extends Subject>(context: Context<S>, size: number) =>
  Effect.gen(function* () {
    const { fail, hashing, names } = context
    const known = yield* Effect.either(head.ask(context, yield* context.newUrl))
    if (Either.isLeft(known)) {
      const { attempts, message } = known.left
      return yield* exists(context, `, and the comparison with the store failed (${message.replace(/\.$/, "")})`, {
        attempts
      })
    }
    const { checksums, total } = known.right
    if (Option.isNone(total)) return yield* exists(context, ", and the store does not send the length of the package")
    if (total.value !== size)
      return yield* exists(context, `, and has ${size} bytes instead of the package's ${total.value}`)
    const comparison = compare(names.target, hashing, checksums)
    const sum = yield* Effect.mapError(comparison, ofPlatform(fail, names.target))
    if (sum === false) return yield* exists(context, ", and has the length of the package, but other bytes")
    return resultOf(context, total, { bytes: size, fetched: 0, isSkipped: true, checksum: sum })
  })

// --- the end ---

const resultOf = (
  { names }: Context<Subject>,
  total: Option.Option<number>,
  facts: Omit<Download.Result, "path" | "verified">
): Download.Result => ({
  path: names.target,
  verified: Option.isSome(facts.checksum) ? "checksum" : Option.isSome(total) ? "length" : "none",
  ...facts
})

/** Fails unless an overwrite may replace the target: only a regular file, since a link's own target would stay. */
const mayReplace = <S extends Subject>(context: Context<S>, entry: Entry): Effect.Effect<void, DownloadError<S>> => {
  const { fail, names } = context
  if (entry._tag !== "Other") return Effect.void
  const advice =
    entry.what === link
      ? "Downloads follow no links. Give the path of the link's target, or remove the link."
      : "Give the path of a file."
  return Effect.fail(fail("TargetExists", `${names.target} is ${entry.what}. ${advice}`))
}

/** Publishes a complete file. Verifies that the lock is held, and that the file is the written one. */
const rename = <S extends Subject>(context: Context<S>, held: lock.Lock<S>, written: Part.Written) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { fail, names, options } = context
    const toTarget = ofPlatform(fail, names.target)
    const target = yield* Effect.mapError(inspect(names.target), toTarget)
    if ((options.ifExists ?? "skip") === "overwrite") yield* mayReplace(context, target)
    else if (target._tag !== "Missing") return yield* exists(context, ", and did not exist when the download began")
    yield* held.confirmed
    if (!(yield* Effect.mapError(Part.isIntact(written), ofPlatform(fail, written.path)))) {
      return yield* fail(
        "FileSystem",
        `Another program changed ${written.path} at the end of the download, so nothing was published. Download again.`
      )
    }
    yield* Effect.mapError(fs.rename(written.path, names.target), toTarget)
    yield* Effect.ignore(discard(names.sidecar))
    // The completed restart makes the old part obsolete.
    if (written.path !== names.part) yield* Effect.ignore(discard(names.part))
    yield* syncFolder(names.folder)
  }).pipe(Effect.uninterruptible)

const fetch = <S extends Subject>(context: Context<S>, held: lock.Lock<S>) =>
  Effect.gen(function* () {
    const { emit, fail, names, subject } = context
    const part = yield* Effect.mapError(Part.open(names, subject, held.isTakenOver), ofPlatform(fail, names.part))
    const gauge = meter.make()
    const now = Effect.map(elapsed.now, Math.round)

    const report = Effect.flatMap(now, (millis) => {
      const { bytes, total } = part.held()
      return emit({ _tag: "Progress", bytes, total, ...gauge.read(millis, bytes, total) })
    })
    const onBytes = Effect.flatMap(now, (millis) => (gauge.isDue(millis) ? report : Effect.void))

    yield* report
    const { checksum, written } = yield* transfer.run(context, part, held, onBytes)
    yield* report
    const { bytes, total } = part.held()
    const result = resultOf(context, total, { bytes, fetched: part.appended(), isSkipped: false, checksum })
    return { result, written }
  })

const get = <S extends Subject>(context: Context<S>) =>
  Effect.gen(function* () {
    const { emit, fail, names, options } = context
    const fs = yield* FileSystem.FileSystem
    const ifExists = options.ifExists ?? "skip"
    const toTarget = ofPlatform(fail, names.target)
    /** Returns the size of a target to compare; none for a missing or replaceable target. Fails for any other. */
    const respect = Effect.gen(function* () {
      const entry = yield* Effect.mapError(inspect(names.target), toTarget)
      if (entry._tag === "Missing") return Option.none<number>()
      if (ifExists === "fail") return yield* exists(context, "")
      // A link to a file can be compared, although no write follows it.
      const info = ifExists === "skip" ? yield* Effect.mapError(look(names.target), toTarget) : Option.none()
      const file = Option.filter(info, ({ type }) => type === "File")
      if (Option.isNone(file)) yield* mayReplace(context, entry)
      return Option.map(file, ({ size }) => Number(size))
    })

    yield* respect
    for (const name of [names.part, names.sidecar, names.fresh]) yield* ownsOnly(fail, name)
    yield* Effect.mapError(fs.makeDirectory(names.folder, { recursive: true }), ofPlatform(fail, names.folder))
    const waiting = emit({ _tag: "Waiting", waitingFor: "lock", status: Option.none() })
    const held = yield* lock.acquire(names.lock, fail, waiting)
    // The previous owner of the lock may have created the target.
    const size = yield* respect
    if (Option.isSome(size)) return yield* skip(context, size.value)
    // Close the part before the rename, as Windows requires.
    const { result, written } = yield* Effect.scoped(fetch(context, held))
    yield* rename(context, held, written)
    return result
  })

/** The attributes of a span: the ids of the subject. */
const attributesOf = ({ _tag, ...ids }: Subject) =>
  Record.mapEntries(ids, (id, name) => [`pixxel.${camelToSnake(name)}`, id])

export const toFile = <S extends Subject>(
  source: Source<S>,
  path: string,
  options: Download.Options,
  emit: Emit
): Effect.Effect<Download.Result, DownloadFailure<S>, Download.Services> =>
  Effect.gen(function* () {
    const http = yield* Connection
    const subject = scrubbed(source.subject, yield* redact.now(http.auth))
    const fail = failing(subject, path)
    const hashing = yield* Effect.serviceOption(Hashing)
    if (options.verify === true && Option.isNone(hashing)) {
      return yield* fail(
        "NoHashing",
        "`verify` needs checksums, and no `Hashing` is provided: provide one, such as `NodeHashing.layer`, or leave `verify` out."
      )
    }
    const policy = yield* policies.inForce(http.retry)
    const context: Context<S> = {
      source,
      options,
      emit,
      http,
      subject,
      hashing,
      names: yield* namesOf(path),
      fail,
      newUrl: askForPackage(http, observed(source, emit), options, path),
      policy,
      idle: options.idleTimeout === undefined ? policy.attemptTimeout : Duration.decode(options.idleTimeout)
    }
    const result = yield* Effect.scoped(get(context))
    yield* Effect.annotateCurrentSpan({
      "pixxel.download.bytes": result.bytes,
      "pixxel.download.fetched": result.fetched,
      "pixxel.download.verified": result.verified
    })
    yield* emit({ _tag: "Done", result })
    return result
  }).pipe(span.within("Download.toFile", attributesOf(source.subject)))
