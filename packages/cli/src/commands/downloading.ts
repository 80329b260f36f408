/** The shared part of the download commands: options, progress, and the report of a stop. */
import { basename, dirname } from "node:path"
import type * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import type * as Download from "@effect-pixxel/client/Download"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { stoppedDownload } from "../failure/stopped.js"
import { inForm } from "../failure/text.js"
import { fileName } from "../fileName.js"
import { Invocation } from "../Invocation.js"
import { Output } from "../Output.js"
import { sections } from "../render/table.js"
import { eventLine, saved, shareOf, transfer } from "../render/transfer.js"
import type { Patience, Saved, Target } from "../saving.js"
import type { Answer, Common } from "./answer.js"
import { amount, file, flag, maybe } from "./options.js"

/** The options for saving a package. */
export const saving = {
  ifExists: Options.choice("if-exists", ["skip", "fail", "overwrite"]).pipe(
    Options.withDefault("skip"),
    Options.withDescription(
      "If the file exists: keep an identical file and fail otherwise (skip, default), fail, or overwrite it."
    )
  ),
  verify: flag("verify", "Check every file in the package if the store sends no checksum."),
  unpack: flag("unpack", "Unpack the package beside the file."),
  maxSize: maybe(amount("max-size", "BYTES", "The most bytes that --unpack writes. Default: 100000000000 (100 GB).")),
  maxEntries: maybe(amount("max-entries", "COUNT", "The most files that --unpack creates. Default: 100000.")),
  maxRatio: maybe(
    amount("max-ratio", "TIMES", "The most that --unpack writes, as a multiple of the package size. Default: 200.")
  )
}

/** The option of the file or the folder of a download. */
export const out = file("out", "The file, ending in .zip, or a folder for it. Default: the current folder.").pipe(
  Options.withDefault(".")
)

/** The folder and the name of a file; in a folder, the name is made of these ids. */
export const placeOf = (out: string, ...ids: ReadonlyArray<string>) =>
  out.endsWith(".zip") ? { out: dirname(out), name: basename(out, ".zip") } : { out, name: fileName(...ids) }

export const printUrl = flag(
  "print-url",
  "Print the signed URL instead of downloading. The URL gives anyone temporary access to the package."
)

type SavingOptions = Common & Patience & Command.Command.ParseConfig<typeof saving>

/** Shows progress: redrawn on a terminal, otherwise one line per 10 %, and one object per event with `--jsonl`. */
const showing = ({ form, quiet }: Common, output: Output.Service) => {
  let last = ""
  return (event: Download.Event): Effect.Effect<void> => {
    if (event._tag === "Done" || form === "json") return Effect.void
    if (form === "jsonl") return output.change(JSON.stringify(eventJson(event)))
    // before the store has sent the length, there is no progress to show
    if (quiet || (event._tag === "Progress" && event.bytes === 0 && Option.isNone(event.total))) return Effect.void
    if (output.notes.isTerminal) {
      return Effect.sync(() => output.live.draw([transfer(event, output.notes.style())]))
    }
    const mark =
      event._tag === "Progress" ? `${Option.map(shareOf(event), (share) => Math.floor(share / 10))}` : eventLine(event)
    if (mark === last) return Effect.void
    last = mark
    return output.note(eventLine(event))
  }
}

const eventJson = (event: Exclude<Download.Event, { _tag: "Done" }>) => {
  switch (event._tag) {
    case "Waiting":
      return { event: "waiting", waitingFor: event.waitingFor, status: Option.getOrNull(event.status) }
    case "Progress":
      return {
        event: "progress",
        bytes: event.bytes,
        total: Option.getOrNull(event.total),
        rate: Option.getOrNull(event.rate),
        eta: Option.getOrNull(Option.map(event.eta, Duration.toSeconds))
      }
    case "Retrying":
      return {
        event: "retrying",
        message: event.error.message,
        delay: Duration.toSeconds(event.delay),
        bytes: event.bytes
      }
  }
}

/** Downloads to a folder. */
export const download = (target: Target, folder: string, options: SavingOptions) =>
  Effect.gen(function* () {
    const { save } = yield* Effect.promise(() => import("../saving.js"))
    const output = yield* Output
    const { origin } = yield* Invocation
    const { maxEntries, maxRatio, maxSize, unpack } = options
    const limits = unpack ? { size: maxSize, entries: maxEntries, ratio: maxRatio } : undefined
    return yield* save(target, { ...options, out: folder, unpack: limits }, showing(options, output)).pipe(
      Effect.onExit((exit) => Effect.sync(() => output.live.end(Exit.isSuccess(exit) && output.results.isTerminal))),
      Effect.onInterrupt(() =>
        Effect.gen(function* () {
          const it = yield* origin
          const isClosed = yield* output.isClosed
          if (isClosed && Option.isNone(it.created)) return
          const report = stoppedDownload(isClosed ? "OutputClosed" : "Interrupted", target.source.subject, it)
          yield* output.note(inForm(report, options.form))
        })
      )
    )
  })

/** Makes an answer the final event of a stream of lines. */
export const last = (it: Answer): Answer => ({ ...it, lines: () => [{ event: "ended", ...Object(it.json()) }] })

/** The saved files as JSON. */
export const savedJson = ({ file, unpacked }: Saved) => ({
  ...file,
  checksum: Option.getOrNull(file.checksum),
  ...(unpacked === undefined ? {} : { unpacked })
})

/** Polls the package until it is ready, and shows its URL. */
const urlAnswer = (target: Target, patience: Patience) =>
  Effect.gen(function* () {
    const { signedUrl } = yield* Effect.promise(() => import("../saving.js"))
    const url = Redacted.value(yield* signedUrl(target, patience))
    return { json: () => ({ signedUrl: url }), text: () => url } satisfies Answer
  })

export type AnsweredOptions = SavingOptions & { readonly out: string; readonly printUrl: boolean }

/** Downloads a package, or shows its URL. */
export const answered = (target: Target, options: AnsweredOptions) =>
  options.printUrl
    ? urlAnswer(target, options)
    : Effect.map(download(target, options.out, options), (it) =>
        last({ json: () => ({ download: savedJson(it) }), text: (style) => saved(it, style) })
      )

/** Answers a run: the thing, and its package or the saved files. */
export const ran = (thing: string, it: Answer, download: Answer): Answer =>
  last({
    json: () => ({ [thing]: it.json(), download: download.json() }),
    text: (style) => sections(it.text(style), download.text(style))
  })

/** Answers the saved files of a run. */
export const savedFiles = (it: Saved): Answer => ({ json: () => savedJson(it), text: (style) => saved(it, style) })
