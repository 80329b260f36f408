/** JSON bodies of requests. A body may hold secrets, so nothing prints it. */
import * as HttpBody from "@effect/platform/HttpBody"
import { NodeInspectSymbol } from "effect/Inspectable"
import * as Redacted from "effect/Redacted"

/** Encodes JSON. Reveals `Redacted` values, and lists them: an answer may repeat them. */
export const encode = (json: unknown) => {
  const secrets: Array<string> = []
  const text = JSON.stringify(json, function (this: Readonly<Record<string, unknown>>, key, value: unknown) {
    // `value` comes from `toJSON`, which hides it.
    const held = this[key]
    if (!Redacted.isRedacted(held)) return value
    const secret = Redacted.value(held)
    if (typeof secret === "string") secrets.push(secret)
    return secret
  })
  return { bytes: new TextEncoder().encode(text), secrets } as const
}

/** An encoded body, and the secrets in it. */
export type Encoded = ReturnType<typeof encode>

/** A request body that reports every read by a transport, and prints nothing of its content. */
export class RequestBody implements HttpBody.Raw {
  readonly [HttpBody.TypeId]: HttpBody.TypeId = HttpBody.TypeId
  readonly _tag = "Raw"
  readonly contentType?: string
  readonly contentLength?: number
  readonly #json: Encoded | undefined
  readonly #onRead: () => void

  /** Without JSON, the body is empty. */
  constructor(json: Encoded | undefined, onRead: () => void) {
    this.#json = json
    this.#onRead = onRead
    if (json === undefined) return
    this.contentType = "application/json"
    this.contentLength = json.bytes.length
  }

  /** The secrets in the body. */
  get secrets(): ReadonlyArray<string> {
    return this.#json?.secrets ?? []
  }

  get body(): Uint8Array | undefined {
    this.#onRead()
    return this.#json?.bytes
  }

  toJSON(): unknown {
    return this.#json === undefined
      ? HttpBody.empty.toJSON()
      : { _id: "@effect/platform/HttpBody", _tag: "Raw", body: "<redacted>" }
  }

  [NodeInspectSymbol](): unknown {
    return this.toJSON()
  }
}
