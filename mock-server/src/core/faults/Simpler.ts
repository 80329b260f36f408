/**
 * Lists the plans simpler than a plan, the simplest first. Shrinking tries them in order to find the smallest plan that
 * breaks a client: first fewer rules, then a rule that takes effect less often, then another effect, or the same one
 * with fewer parts and smaller numbers.
 *
 * All use the same order of simplicity, so that shrinking terminates. Their rules are optional, since a rule may no
 * longer be reached.
 */
import { parseDuration } from "../Duration.js"
import type { FaultableOperation } from "../Operations.js"
import { faultsOf, operationsOf } from "./Check.js"
import type { FaultEffect, FaultPlan, FaultRule, Latency } from "./Plan.js"

/** Operations, effects and times of a plan. */
export interface Ingredients {
  /** Earlier ones count as simpler. */
  readonly operations: ReadonlyArray<FaultableOperation>
  readonly effects: ReadonlyArray<keyof FaultEffect>
  /** Shortest time above zero, such as `"1s"`. */
  readonly shortest: string
}

/** Last attempt that a generated rule names. */
export const lastAttempt = 6

/** Statuses of a gateway and of the API, from general to specific. */
export const statuses: ReadonlyArray<number> = [500, 503, 429, 502, 504, 404, 403, 401, 400, 408, 409, 200, 204]

export const contentTypes: ReadonlyArray<string> = [
  "text/html",
  "text/plain; charset=utf-16",
  "application/octet-stream",
  "image/png"
]

export const bodyKinds = ["empty", "malformed", "scrambled"] as const

/** Sizes of the chunks of a drip, in bytes; small ones take long. */
export const drops: ReadonlyArray<number> = [1_000, 100, 10]

type Cut = NonNullable<FaultEffect["cut"]>
type Answer = NonNullable<FaultEffect["answer"]>
type Limit = NonNullable<FaultEffect["limit"]>

export const cutEnds: ReadonlyArray<Cut["by"]> = ["reset", "close", "hang"]
export const cutPlaces = ["request", "answer", "head"] as const

/** Returns the values before `value`; all of them when it is not in the list. */
const before = <A>(values: ReadonlyArray<A>, value: A): ReadonlyArray<A> => {
  const index = values.indexOf(value)
  return index < 0 ? values : values.slice(0, index)
}

// --- numbers ---

/** Yields the smallest number first, then numbers from half way on, nearer and nearer to `value`. */
function* smaller(value: number, least: number): Iterable<number> {
  for (let gap = Math.floor(value - least); gap > 0; gap = Math.floor(gap / 2)) yield value - gap
}

/** Formats whole seconds as seconds, else milliseconds. */
const printMillis = (millis: number): string => (millis % 1_000 === 0 ? `${millis / 1_000}s` : `${millis}ms`)

/** Yields shorter durations; whole seconds stay whole. */
function* shorter(duration: string, least: number): Iterable<string> {
  const millis = parseDuration(duration)
  const unit = millis % 1_000 === 0 ? 1_000 : 1
  for (const count of smaller(millis / unit, least)) yield printMillis(count * unit)
}

// --- when ---

const upTo = (last: number): ReadonlyArray<number> => Array.from({ length: last }, (_, index) => index + 1)

/** Yields one attempt, the earliest first; then the first attempts; then one attempt less. */
function* fewerAttempts(attempts: FaultRule["attempts"]): Iterable<ReadonlyArray<number>> {
  if (attempts === undefined) {
    for (const attempt of upTo(lastAttempt)) yield [attempt]
    for (const last of upTo(lastAttempt).slice(1)) yield upTo(last)
    return
  }
  const [first = 1] = attempts
  if (attempts.length === 1) {
    for (const attempt of upTo(first - 1)) yield [attempt]
    return
  }
  for (const attempt of attempts) yield [attempt]
  const firstOnes = upTo(attempts.length)
  if (firstOnes.some((attempt) => !attempts.includes(attempt))) yield firstOnes
  if (attempts.length > 2) for (const one of attempts) yield attempts.filter((attempt) => attempt !== one)
}

function* narrower(rule: FaultRule, operations: ReadonlyArray<FaultableOperation>): Iterable<FaultRule> {
  const { between, chance, ...always } = rule
  if (between !== undefined || chance !== undefined) {
    for (const attempts of fewerAttempts(rule.attempts)) yield { ...always, attempts }
    yield always
    if (between !== undefined && chance !== undefined) {
      yield { ...always, between }
      yield { ...always, chance }
    }
  }
  if (typeof rule.on !== "string" || rule.on === "*") for (const on of operations) yield { ...rule, on }
  for (const attempts of fewerAttempts(rule.attempts)) yield { ...rule, attempts }
  if (between !== undefined) {
    for (const from of shorter(between.from, 0)) yield { ...rule, between: { ...between, from } }
    for (const to of shorter(between.to, 1)) {
      if (parseDuration(to) > parseDuration(between.from)) yield { ...rule, between: { ...between, to } }
    }
  }
}

// --- what ---

/** The simplest effects of each kind. The kinds are ordered from general to specific. */
const simplest = (shortest: string): { readonly [Kind in keyof FaultEffect]-?: ReadonlyArray<FaultEffect> } => ({
  latency: [{ latency: shortest }],
  // before the answers, since a success without a body has an empty body
  body: bodyKinds.map((body) => ({ body })),
  answer: [
    { answer: { status: 500 } },
    { answer: { status: 503 } },
    { answer: { status: 429 } },
    { answer: { status: 503, retryAfter: shortest } },
    { answer: { status: 429, retryAfter: shortest } },
    { answer: { status: 503, retryAfter: shortest, retryAfterAs: "date" } },
    { answer: { status: 429, retryAfter: shortest, retryAfterAs: "date" } }
  ],
  cut: [{ cut: { at: "request", by: "reset" } }, { cut: { at: "answer", by: "reset" } }],
  flip: [{ flip: 0 }],
  truncate: [{ truncate: 0 }],
  limit: [{ limit: { tokens: 1, per: shortest } }],
  redirect: [{ redirect: { to: "loop" } }],
  contentType: contentTypes.map((contentType) => ({ contentType })),
  contentLengthOff: [{ contentLengthOff: 1 }],
  badChunk: [{ badChunk: true }],
  corruptGzip: [{ corruptGzip: true }],
  oversize: [{ oversize: 1_000_000 }],
  drip: drops.map((bytes) => ({ drip: { bytes, every: shortest } })),
  stale: [{ stale: shortest }],
  expired: [{ expired: true }],
  noRange: [{ noRange: true }]
})

/** All kinds of effects, the simplest first. */
export const everyEffect = Object.keys(simplest("1s")) as ReadonlyArray<keyof FaultEffect> // by its type

function* simplerLatency(latency: Latency, shortest: string): Iterable<Latency> {
  if (typeof latency === "string") {
    yield* shorter(latency, 1)
    return
  }
  yield shortest
  if ("from" in latency) {
    yield latency.to
  } else {
    // the drawn value may be far from the middle
    const middle = parseDuration("mean" in latency ? latency.mean : latency.median)
    for (const times of [1, 2, 4, 8]) yield printMillis(middle * times)
  }
}

function* simplerAnswer(answer: Answer): Iterable<Answer> {
  const { status } = answer
  const { retryAfter, retryAfterAs, ...atOnce } = answer
  const { body, ...withoutBody } = answer
  const { headers, ...withoutHeaders } = answer
  const { retryAfterAs: _, ...inSeconds } = answer
  for (const less of [{ status }, atOnce, withoutBody, withoutHeaders, inSeconds]) {
    if (Object.keys(less).length < Object.keys(answer).length) yield less
  }
  for (const other of before(statuses, status)) yield { ...answer, status: other }
  if (retryAfter !== undefined) for (const less of shorter(retryAfter, 1)) yield { ...answer, retryAfter: less }
}

function* simplerCut({ at, by }: Cut): Iterable<Cut> {
  for (const place of before<Cut["at"]>(cutPlaces, at)) yield { at: place, by: "reset" }
  for (const end of before(cutEnds, by)) yield { at, by: end }
  for (const place of before<Cut["at"]>(cutPlaces, at)) if (by !== "reset") yield { at: place, by }
  if (typeof at === "number") for (const less of smaller(at, 0)) yield { at: less, by }
}

function* simplerLimit(limit: Limit): Iterable<Limit> {
  const { retryAfterAs, ...bare } = limit
  if (retryAfterAs !== undefined) yield bare
  for (const tokens of smaller(limit.tokens, 1)) yield { ...limit, tokens }
  for (const per of shorter(limit.per, 1)) yield { ...limit, per }
}

/** Yields simpler effects of the same kind. */
function* milder(effect: FaultEffect, shortest: string): Iterable<FaultEffect> {
  const {
    answer,
    body,
    contentLengthOff,
    contentType,
    cut,
    drip,
    flip,
    latency,
    limit,
    oversize,
    redirect,
    stale,
    truncate
  } = effect
  if (latency !== undefined) {
    for (const less of simplerLatency(latency, shortest)) yield { ...effect, latency: less }
  }
  if (answer !== undefined) for (const less of simplerAnswer(answer)) yield { ...effect, answer: less }
  if (cut !== undefined) for (const less of simplerCut(cut)) yield { ...effect, cut: less }
  if (body !== undefined) for (const less of before(bodyKinds, body)) yield { ...effect, body: less }
  if (flip !== undefined) for (const less of smaller(flip, 0)) yield { ...effect, flip: less }
  if (truncate !== undefined) for (const less of smaller(truncate, 0)) yield { ...effect, truncate: less }
  if (limit !== undefined) for (const less of simplerLimit(limit)) yield { ...effect, limit: less }
  if (redirect !== undefined) {
    const { status, to } = redirect
    if (to !== "loop") yield { ...effect, redirect: { ...redirect, to: "loop" } }
    if (status !== undefined) yield { ...effect, redirect: { to } }
  }
  if (contentType !== undefined) {
    for (const other of before(contentTypes, contentType)) yield { ...effect, contentType: other }
  }
  if (contentLengthOff !== undefined) {
    if (contentLengthOff < 0) yield { ...effect, contentLengthOff: -contentLengthOff }
    for (const less of smaller(Math.abs(contentLengthOff), 1)) {
      yield { ...effect, contentLengthOff: less * Math.sign(contentLengthOff) }
    }
  }
  if (oversize !== undefined) for (const less of smaller(oversize, 1)) yield { ...effect, oversize: less }
  if (drip !== undefined) {
    for (const bytes of before(drops, drip.bytes)) yield { ...effect, drip: { ...drip, bytes } }
    for (const every of shorter(drip.every, 1)) yield { ...effect, drip: { ...drip, every } }
  }
  if (stale !== undefined) for (const less of shorter(stale, 1)) yield { ...effect, stale: less }
}

function* simplerEffects(rule: FaultRule, { effects, shortest }: Ingredients): Iterable<FaultEffect> {
  const { latency, ...fault } = rule.do
  const [kind = "latency"] = faultsOf(rule.do)
  if (kind !== "latency" && latency !== undefined) {
    yield fault
    if (effects.includes("latency")) yield { latency }
  }
  const operations: ReadonlyArray<string> = typeof rule.on === "string" ? [rule.on] : rule.on
  const candidates = simplest(shortest)
  for (const other of before(everyEffect, kind)) {
    const possible: ReadonlyArray<string> = operationsOf(other)
    if (effects.includes(other) && operations.every((on) => on === "*" || possible.includes(on))) {
      yield* candidates[other]
    }
  }
  yield* milder(rule.do, shortest)
}

// --- rules and plans ---

function* simplerRules(rule: FaultRule, ingredients: Ingredients): Iterable<FaultRule> {
  const [kind = "latency"] = faultsOf(rule.do)
  const operations = ingredients.operations.filter((operation) => operationsOf(kind).includes(operation))
  yield* narrower(rule, operations)
  for (const effect of simplerEffects(rule, ingredients)) yield { ...rule, do: effect }
  if (typeof rule.on === "string" && rule.on !== "*") {
    for (const on of before(operations, rule.on)) yield { ...rule, on }
  }
}

/** Yields the plans simpler than this one, the simplest first. */
export function* simplerPlans({ rules }: FaultPlan, ingredients: Ingredients): IterableIterator<FaultPlan> {
  const optional = rules.map((rule): FaultRule => ({ ...rule, optional: true }))
  if (rules.length > 0) yield { rules: [] }
  if (rules.length > 1) for (const rule of optional) yield { rules: [rule] }
  if (rules.length > 2) for (const out of optional) yield { rules: optional.filter((rule) => rule !== out) }
  for (const [index, rule] of optional.entries()) {
    for (const simpler of simplerRules(rule, ingredients)) {
      yield { rules: optional.map((other, at) => (at === index ? simpler : other)) }
    }
  }
}
