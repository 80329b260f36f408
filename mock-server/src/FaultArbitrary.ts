/**
 * Arbitraries of fault plans, for property tests with fast-check: a property of a client that holds under any fault. A
 * plan that breaks the client is shrunk to the smallest one, which mostly is one rule with one attempt, and printed as
 * a fixture: saved in `faults/`, it can be used by name in a test of its own.
 *
 * **Example** (a property of an application)
 *
 * ```ts
 * it.effect.prop("never pays twice", { plan: FaultArbitrary.faultPlan() }, ({ plan }) =>
 *   Effect.gen(function* () {
 *     const mock = yield* MockServer
 *     yield* mock.faults.use(plan)
 *     yield* Effect.either(program)
 *     yield* mock.verify({ operation: "createJob", atMost: 1 })
 *   }).pipe(Effect.provide(PixxelTest)),
 *   { fastCheck: { numRuns: 25 } })
 * ```
 *
 * **Gotchas**
 *
 * - This module loads fast-check, through `effect/FastCheck`; the package's index does not export it.
 * - Each run needs its own world: provide `MockServer.layer` inside the property. The app is shared, so a world costs
 *   less than a request. Pass `capsules: false`; otherwise each failing run prints a replay capsule while fast-check
 *   shrinks the plan.
 * - Plans from examples are shrunk too: `{ fastCheck: { examples: [{ plan }] } }`.
 *
 * @since 0.1.0
 */
import * as FastCheck from "effect/FastCheck"
import { longestWait, parseDuration } from "./core/Duration.js"
import { checkPlan, operationsOf } from "./core/faults/Check.js"
import type { FaultEffect, FaultPlan, FaultRule } from "./core/faults/Plan.js"
import {
  bodyKinds,
  contentTypes,
  cutEnds,
  cutPlaces,
  drops,
  everyEffect,
  type Ingredients,
  lastAttempt,
  simplerPlans,
  statuses
} from "./core/faults/Simpler.js"
import { type FaultableOperation, faultableOperations } from "./core/Operations.js"
import { printPath, printValue, printWords, reference } from "./core/Problem.js"
import { duration } from "./core/Shape.js"
import { shapeProblems } from "./core/ShapeCheck.js"

/**
 * Operations, effects and times of generated plans.
 *
 * @since 0.1.0
 * @category models
 */
export interface FaultPlanOptions {
  /**
   * Operations whose answers go wrong. Default: all. Earlier ones count as simpler: where a fault of several operations
   * breaks the client alike, the first operation is reported.
   */
  readonly operations?: ReadonlyArray<FaultableOperation> | undefined
  /** Kinds of faults: keys of a rule's `do`. Default: all, on the operations that can have them. */
  readonly effects?: ReadonlyArray<keyof FaultEffect> | undefined
  /** Largest number of rules. Default: 3. */
  readonly maxRules?: number | undefined
  /**
   * Longest time in a rule, such as `"500ms"`; a distribution has a longer tail. Default: `"1m"`.
   */
  readonly longest?: string | undefined
  /**
   * Whether a server may hang. Only a client with a deadline survives that: any other waits forever, and such a run is
   * neither reported nor shrunk. Default: `false`.
   */
  readonly hang?: boolean | undefined
}

// --- time ---

/** Whole units up to the longest time: seconds, or milliseconds when it is not a whole number of seconds. */
interface Times {
  readonly most: number
  readonly text: (units: number) => string
}

const timesOf = (longest: string): Times => {
  const millis = shapeProblems(duration, longest).length > 0 ? 0 : parseDuration(longest)
  if (millis > parseDuration(longestWait)) {
    throw new RangeError(`longest: found ${printValue(longest)}, expected at most ${longestWait}`)
  }
  if (millis === 0) throw new RangeError(`longest: found ${printValue(longest)}, expected a duration such as "30s"`)
  return millis % 1_000 === 0
    ? { most: millis / 1_000, text: (units) => `${units}s` }
    : { most: millis, text: (units) => `${units}ms` }
}

// --- effects ---

/** Bodies of a server, of a gateway, and implausible ones. */
const bodies = [
  { error: { code: "unavailable", message: "The service is unavailable." } },
  {},
  [],
  null,
  "no JSON",
  "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
] as const

const effectsOf = ({ most, text }: Times, hang: boolean) => {
  const { boolean, constant, constantFrom, integer, nat, oneof, option, record, tuple } = FastCheck
  const time = integer({ min: 1, max: most }).map(text)
  const asDate = boolean().map((isDate) => (isDate ? { retryAfterAs: "date" as const } : {}))
  const retryAfter = tuple(time, asDate).map(([retryAfter, as]) => ({ retryAfter, ...as }))
  const body = constantFrom(...bodies).map((body) =>
    typeof body === "string" ? { body, headers: { "content-type": "text/html" } } : { body }
  )
  const effects: { readonly [Kind in keyof FaultEffect]-?: FastCheck.Arbitrary<FaultEffect> } = {
    latency: oneof(
      { weight: 3, arbitrary: time.map((latency) => ({ latency })) },
      {
        weight: 1,
        arbitrary: integer({ min: 1, max: most }).map((to) => ({ latency: { from: "0s", to: text(to) } }))
      },
      { weight: 1, arbitrary: time.map((mean) => ({ latency: { mean } })) },
      {
        weight: 1,
        arbitrary: tuple(time, integer({ min: 1, max: 10 })).map(([median, tenths]) => ({
          latency: { median, sigma: tenths / 10 }
        }))
      }
    ),
    answer: tuple(
      oneof(
        { weight: 4, arbitrary: constantFrom(500, 503, 429, 502, 504) },
        { weight: 2, arbitrary: constantFrom(...statuses) },
        { weight: 1, arbitrary: integer({ min: 200, max: 599 }) }
      ),
      option(body, { nil: {} }),
      option(retryAfter, { nil: {} })
    ).map(([status, body, when]) => ({ answer: { status, ...body, ...when } })),
    limit: tuple(integer({ min: 1, max: 10 }), time, asDate).map(([tokens, per, as]) => ({
      limit: { tokens, per, ...as }
    })),
    redirect: record(
      {
        to: constantFrom("loop", "https://elsewhere.invalid/"),
        status: constantFrom(301 as const, 302 as const, 303 as const, 307 as const, 308 as const)
      },
      { requiredKeys: ["to"] }
    ).map((redirect) => ({ redirect })),
    cut: record({
      at: oneof(constantFrom(...cutPlaces), nat(2_000)),
      by: constantFrom(...cutEnds.filter((end) => hang || end !== "hang"))
    }).map((cut) => ({ cut })),
    drip: record({ bytes: constantFrom(...drops), every: time }).map((drip) => ({ drip })),
    body: constantFrom(...bodyKinds).map((body) => ({ body })),
    truncate: nat(2_000).map((truncate) => ({ truncate })),
    flip: nat(1_000_000).map((flip) => ({ flip })),
    oversize: integer({ min: 1, max: 1_000_000 }).map((oversize) => ({ oversize })),
    contentType: constantFrom(...contentTypes).map((contentType) => ({ contentType })),
    contentLengthOff: tuple(integer({ min: 1, max: 2_000 }), constantFrom(1, -1)).map(([off, sign]) => ({
      contentLengthOff: off * sign
    })),
    badChunk: constant({ badChunk: true }),
    corruptGzip: constant({ corruptGzip: true }),
    stale: time.map((stale) => ({ stale })),
    expired: constant({ expired: true }),
    noRange: constant({ noRange: true })
  }
  return effects
}

// --- when ---

const attempts = FastCheck.uniqueArray(FastCheck.integer({ min: 1, max: lastAttempt }), {
  minLength: 1,
  maxLength: 3
}).map((attempts) => ({ attempts: attempts.sort((a, b) => a - b) }))

const chance = FastCheck.constantFrom(0.1, 0.25, 0.5, 0.75).map((chance) => ({ chance }))

const whenOf = ({ most, text }: Times): FastCheck.Arbitrary<Omit<FaultRule, "on" | "do">> => {
  const { constant, integer, oneof, tuple } = FastCheck
  const begin = oneof(constant(0), integer({ min: 0, max: most - 1 }))
  const between = tuple(begin, integer({ min: 1, max: most })).map(([from, length]) => ({
    between: { from: text(from), to: text(Math.min(from + length, most)) }
  }))
  return oneof(
    { weight: 4, arbitrary: attempts },
    { weight: 4, arbitrary: constant({ attempts: [1] }) },
    { weight: 2, arbitrary: chance },
    { weight: 2, arbitrary: between },
    { weight: 2, arbitrary: constant({}) },
    {
      weight: 1,
      arbitrary: tuple(attempts, between, chance).map(([some, window, odds]) => ({ ...some, ...window, ...odds }))
    }
  )
}

// --- rules ---

/** Mostly one operation, else several or all. */
const onOf = (operations: ReadonlyArray<FaultableOperation>): FastCheck.Arbitrary<FaultRule["on"]> => {
  const { constant, constantFrom, oneof, subarray } = FastCheck
  const one = constantFrom(...operations)
  if (operations.length === 1) return one
  const some = subarray([...operations], { minLength: 2 })
  return oneof(
    { weight: 6, arbitrary: one },
    { weight: 2, arbitrary: some },
    { weight: 1, arbitrary: operations.length === faultableOperations.length ? constant("*" as const) : some }
  )
}

/** Weights of the effects: common ones are drawn more often. */
const weights: Partial<Readonly<Record<keyof FaultEffect, number>>> = { answer: 4, cut: 3, body: 2, latency: 2 }

const ruleOf = (
  { effects: kinds, operations }: Ingredients,
  times: Times,
  hang: boolean
): FastCheck.Arbitrary<FaultRule> => {
  const { constant, oneof, tuple } = FastCheck
  const effects = effectsOf(times, hang)
  const when = whenOf(times)
  const late: FastCheck.Arbitrary<FaultEffect> = kinds.includes("latency")
    ? oneof({ weight: 7, arbitrary: constant({}) }, { weight: 1, arbitrary: effects.latency })
    : constant({})
  const rules = kinds.flatMap((kind) => {
    const possible = operations.filter((operation) => operationsOf(kind).includes(operation))
    if (possible.length === 0) return []
    const arbitrary = tuple(onOf(possible), when, late, effects[kind]).map(
      ([on, when, late, effect]): FaultRule => ({ on, ...when, optional: true, do: { ...late, ...effect } })
    )
    return [{ arbitrary, weight: weights[kind] ?? 1 }]
  })
  if (rules.length === 0) {
    const found = `the effects ${printWords(kinds)} on the operations ${printWords(operations)}`
    throw new RangeError(`found ${found}, expected an effect that applies to one of the operations`)
  }
  return oneof(...rules)
}

// --- plans ---

/** Makes a plan that fast-check reports as a fixture. */
const reported = (plan: FaultPlan): FaultPlan =>
  Object.defineProperty({ ...plan }, FastCheck.toStringMethod, {
    value: () => `\n${print(plan, "The smallest plan that was found to break a client.")}`
  })

/** Throws a `RangeError` for an unknown name, since its rule would never take effect. */
const checkNames = (option: keyof FaultPlanOptions, names: ReadonlyArray<string>, known: ReadonlyArray<string>) => {
  const [problem] = names.flatMap((name, index) => reference([option, index], name, `one of the ${option}`, known))
  if (problem !== undefined) throw new RangeError(`${printPath(problem.path)}: ${problem.message}`)
}

/**
 * Shrinks a plan by its contents, not by the way it was drawn: so a rule with a probability becomes one with an
 * attempt, and plans from examples can be shrunk as well.
 */
class FaultPlans extends FastCheck.Arbitrary<FaultPlan> {
  readonly #ingredients: Ingredients
  readonly #rules: FastCheck.Arbitrary<Array<FaultRule>>

  constructor({
    effects = everyEffect,
    hang = false,
    longest = "1m",
    maxRules = 3,
    operations = faultableOperations
  }: FaultPlanOptions) {
    super()
    checkNames("operations", operations, faultableOperations)
    checkNames("effects", effects, everyEffect)
    const times = timesOf(longest)
    this.#ingredients = { effects, operations, shortest: times.text(1) }
    this.#rules = FastCheck.array(ruleOf(this.#ingredients, times, hang), { minLength: 1, maxLength: maxRules })
  }

  generate(random: FastCheck.Random, biasFactor: number | undefined): FastCheck.Value<FaultPlan> {
    const rules = this.#rules.generate(random, biasFactor).value
    return new FastCheck.Value(reported({ rules }), undefined)
  }

  canShrinkWithoutContext(value: unknown): value is FaultPlan {
    try {
      checkPlan(value)
      return true
    } catch {
      return false
    }
  }

  shrink(plan: FaultPlan): FastCheck.Stream<FastCheck.Value<FaultPlan>> {
    return FastCheck.stream(simplerPlans(plan, this.#ingredients)).map(
      (simpler) => new FastCheck.Value(reported(simpler), undefined)
    )
  }
}

/**
 * Generates fault plans of all effects, each on the operations that can have it, at some attempts, in a window of time,
 * by chance, or always. The rules are `optional`: a rule that is never reached fails no test.
 *
 * A plan that breaks a client shrinks to fewer rules, then to fewer attempts of one operation, then to the simplest
 * effect with the smallest numbers. It is reported as a fixture.
 *
 * Throws a `RangeError` when no effect applies to any of the operations, for an unknown operation or effect, and when
 * `longest` is not a duration.
 *
 * @since 0.1.0
 * @category arbitraries
 */
export const faultPlan = (options: FaultPlanOptions = {}): FastCheck.Arbitrary<FaultPlan> => new FaultPlans(options)

/**
 * Generates seeds of a world, for `MockServer.layer({ seed })`. Random events and ids derive from the seed.
 *
 * @since 0.1.0
 * @category arbitraries
 */
export const seed = (): FastCheck.Arbitrary<string> => FastCheck.nat().map((number) => `seed-${number}`)

// --- fixtures ---

/**
 * Returns a plan as a fixture of `faults/`; `about` states its purpose.
 *
 * @since 0.1.0
 * @category fixtures
 */
export const toFixture = ({ rules }: FaultPlan, about: string): FaultPlan => ({
  $schema: "../schema/faults.schema.json",
  kind: "faults",
  about,
  rules: rules.map(({ do: effect, on, optional, ...when }) => ({
    on,
    ...when,
    ...(optional === undefined ? {} : { optional }),
    do: effect
  }))
})

/**
 * Returns the text of that fixture. Saved as `faults/lost-answer.json`, use it with `mock.faults.use("lost-answer")`.
 *
 * @since 0.1.0
 * @category fixtures
 */
export const print = (plan: FaultPlan, about: string): string => `${JSON.stringify(toFixture(plan, about), null, 2)}\n`
