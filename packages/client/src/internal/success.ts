/** The content of a success, by kind. The status decides first: an error may come under any media type. */
import * as Option from "effect/Option"
import * as model from "./model.js"
import type { Note, Reader } from "./wire.js"

export interface Success<A> {
  readonly kind: "json" | "page" | "text" | "bytes" | "empty"
  /** The `Accept` header. */
  readonly accept: string
  /** Reads the JSON of `json` and `page`, the text of `text`, the bytes of `bytes`, and nothing of `empty`. */
  readonly read: Reader<A>
}

export const json = <A>(read: Reader<A>): Success<A> => ({ kind: "json", accept: "application/json", read })

/** A page of a list, by the property of its items. */
export const page = <K extends string, P extends { readonly [_ in K]: ReadonlyArray<object> }>(
  Model: model.AnyModel<P>,
  key: K
): Success<model.Page<P, K>> => ({ kind: "page", accept: "application/json", read: model.page(Model, key) })

/** No content. A body is ignored. */
export const empty: Success<void> = {
  kind: "empty",
  accept: "application/json",
  read: () => Option.some(undefined)
}

const refuse = (notes: Array<Note>, expected: string, found: string) => {
  notes.push({ path: "", expected, found })
  return Option.none()
}

/** Text of a media type, such as `text/csv`. A page or an error under this media type is no success. */
export const text = (mediaType: string): Success<string> => ({
  kind: "text",
  accept: mediaType,
  read: (value, _path, notes) =>
    typeof value !== "string"
      ? refuse(notes, mediaType, "something else")
      : /^\s*</.test(value)
        ? refuse(notes, mediaType, "a page")
        : /^\s*[{[]/.test(value)
          ? refuse(notes, mediaType, "JSON")
          : Option.some(value)
})

/** A file of a media type, such as `image/png`, which begins with its signature. */
export const bytes = (mediaType: string, signature: ReadonlyArray<number>): Success<Uint8Array> => ({
  kind: "bytes",
  accept: mediaType,
  read: (value, _path, notes) =>
    value instanceof Uint8Array && signature.every((byte, index) => value[index] === byte)
      ? Option.some(value)
      : refuse(notes, mediaType, "something else")
})
