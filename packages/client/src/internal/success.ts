/** The content of a success, by kind. The status decides first: an error may come under any media type. */
import * as Option from "effect/Option"
import * as model from "./model.js"
import type { Page, Paging } from "./paging.js"
import * as wire from "./wire.js"

/** The model in a success, for a description of the API. */
export interface Content {
  readonly model: model.AnyModel
  /** The name of the envelope. */
  readonly name?: string
  /** Whether the envelope has a list of the model. */
  readonly isList?: boolean
}

export interface Success<A> {
  readonly kind: "json" | "page" | "text" | "bytes" | "empty"
  /** The `Accept` header. */
  readonly accept: string
  /** Reads the JSON of `json` and `page`, the text of `text`, the bytes of `bytes`, and nothing of `empty`. */
  readonly read: wire.Reader<A>
  readonly content?: Content | undefined
  /** How the list of a page is divided; none for a list without further pages. */
  readonly paging?: Paging | undefined
}

const ofJson = <A>(kind: "json" | "page", read: wire.Reader<A>, content?: Content): Success<A> => ({
  kind,
  accept: "application/json",
  read,
  content
})

export const json = <A extends object>(Model: model.AnyModel<A>): Success<A> =>
  ofJson("json", model.reader(Model), { model: Model })

/** A model in an envelope, which may be missing. */
export const wrapped = <A extends object>(name: string, Model: model.AnyModel<A>): Success<A> => {
  const read = model.reader(Model)
  return ofJson(
    "json",
    (value, path, notes) =>
      wire.isObject(value) && wire.isObject(value[name]) ? read(value[name], name, notes) : read(value, path, notes),
    { model: Model, name }
  )
}

/** The list of an envelope, without pages. */
export const list = <A extends object>(name: string, Model: model.AnyModel<A>): Success<wire.Listed<A>> =>
  ofJson("json", wire.envelope(name, model.reader(Model)), { model: Model, name, isList: true })

/** A JSON text. */
export const jsonText: Success<string> = ofJson("json", wire.text)

/** A page of a list, by the property of its items. Without `paging`, no further pages follow. */
export const page = <K extends string, P extends { readonly [_ in K]: ReadonlyArray<object> }>(
  Model: model.AnyModel<P>,
  key: K,
  paging?: Paging
): Success<Page<P[K][number], P>> => ({ ...ofJson("page", model.page(Model, key), { model: Model }), paging })

/** No content. A body is ignored. */
export const empty: Success<void> = {
  kind: "empty",
  accept: "application/json",
  read: () => Option.some(undefined)
}

const refuse = (notes: Array<wire.Note>, expected: string, found = "something else") => {
  notes.push({ path: "", expected, found })
  return Option.none()
}

/** Text of a media type, such as `text/csv`. A page or an error under this media type is no success. */
export const text = (mediaType: string): Success<string> => ({
  kind: "text",
  accept: mediaType,
  read: (value, _path, notes) => {
    if (typeof value !== "string") return refuse(notes, mediaType)
    const [, begin] = /^\s*([<{[])/.exec(value) ?? []
    return begin === undefined ? Option.some(value) : refuse(notes, mediaType, begin === "<" ? "a page" : "JSON")
  }
})

/** A file of a media type, such as `image/png`, which begins with its signature, and ends with its trailer. */
export const bytes = (
  mediaType: string,
  signature: ReadonlyArray<number>,
  trailer: ReadonlyArray<number> = []
): Success<Uint8Array> => ({
  kind: "bytes",
  accept: mediaType,
  read: (value, _path, notes) =>
    value instanceof Uint8Array &&
    signature.every((byte, index) => value[index] === byte) &&
    trailer.every((byte, index) => value[value.length - trailer.length + index] === byte)
      ? Option.some(value)
      : refuse(notes, mediaType)
})
