/** The kinds of faults. All that is made of them follows from this list. */
import { kind as answer } from "./answer.js"
import { kind as badChunk } from "./badChunk.js"
import { kind as body } from "./body.js"
import { kind as contentLengthOff } from "./contentLengthOff.js"
import { kind as contentType } from "./contentType.js"
import { kind as corruptGzip } from "./corruptGzip.js"
import { kind as cut } from "./cut.js"
import { kind as drip } from "./drip.js"
import { kind as expired } from "./expired.js"
import { kind as flip } from "./flip.js"
import type { Kind } from "./Kind.js"
import { kind as latency } from "./latency.js"
import { kind as limit } from "./limit.js"
import { kind as noRange } from "./noRange.js"
import { kind as oversize } from "./oversize.js"
import { kind as redirect } from "./redirect.js"
import { kind as stale } from "./stale.js"
import { kind as truncate } from "./truncate.js"

/** Earlier ones count as simpler: they are reported where several kinds break a client alike. */
export const kinds = {
  latency,
  body,
  answer,
  limit,
  redirect,
  cut,
  drip,
  flip,
  truncate,
  oversize,
  contentType,
  contentLengthOff,
  badChunk,
  corruptGzip,
  stale,
  expired,
  noRange
}

type Kinds = typeof kinds

export type KindName = keyof Kinds

/** The value of a kind in a rule's `do`. */
export type ValueOf<Name extends KindName> = Kinds[Name] extends Kind<infer Value> ? Value : never

/** Values of some kinds. */
export type Effect = Readonly<Partial<Record<KindName, unknown>>>

export const kindNames = Object.keys(kinds) as ReadonlyArray<KindName> // its keys

export const kindOf = (name: KindName): Kind<unknown> => kinds[name]
