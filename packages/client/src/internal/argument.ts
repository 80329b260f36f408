/** The arguments of a call that its query or its body carries. */

/** The form of an argument, for a description of the API. */
export type Kind = "boolean" | "json" | "labels" | "number" | "numbers" | "text" | "texts"

export interface Argument<A, Required extends boolean = boolean> {
  /** The name on the wire. */
  readonly name: string
  readonly kind: Kind
  readonly required: Required
  readonly encode: (value: A) => unknown
}

type Table = Readonly<Record<string, Argument<never>>>

type Value<P> = P extends Argument<infer A> ? A : never

/** The arguments of a table, by their names. */
export type Arguments<T extends Table> = {
  readonly [K in keyof T as T[K]["required"] extends true ? K : never]: Value<T[K]>
} & {
  readonly [K in keyof T as T[K]["required"] extends true ? never : K]?: Value<T[K]> | undefined
}
