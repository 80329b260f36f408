/** The content of a success, by kind. The status decides first: an error may come under any media type. */
import * as Option from "effect/Option"
import type { Note, Reader } from "./wire.js"

export interface Success<A, Item = never> {
  readonly kind: "json" | "page" | "text" | "bytes" | "empty"
  /** The `Accept` header. */
  readonly accept: string
  /** Reads the JSON of `json` and `page`, the text of `text`, the bytes of `bytes`, and nothing of `empty`. */
  readonly read: Reader<A>
  /** The items of a page. */
  readonly items: (page: A) => ReadonlyArray<Item>
}

const none = () => []

export const json = <A>(read: Reader<A>): Success<A> => ({
  kind: "json",
  accept: "application/json",
  read,
  items: none
})

/** A page of a list; `key` is the field of the model with the items. */
export const page = <K extends string, A extends { readonly [key in K]: ReadonlyArray<unknown> }>(
  key: K,
  read: Reader<A>
): Success<A, A[K][number]> => ({ kind: "page", accept: "application/json", read, items: (page) => page[key] })

/** No content. A body is ignored. */
export const empty: Success<void> = {
  kind: "empty",
  accept: "application/json",
  read: () => Option.some(undefined),
  items: none
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
          : Option.some(value),
  items: none
})

/** A file of a media type, such as `image/png`, which begins with its signature. */
export const bytes = (mediaType: string, signature: ReadonlyArray<number>): Success<Uint8Array> => ({
  kind: "bytes",
  accept: mediaType,
  read: (value, _path, notes) =>
    value instanceof Uint8Array && signature.every((byte, index) => value[index] === byte)
      ? Option.some(value)
      : refuse(notes, mediaType, "something else"),
  items: none
})
