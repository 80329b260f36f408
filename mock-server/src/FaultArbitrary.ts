/**
 * Arbitraries of fault plans, for property tests with fast-check: "whatever goes wrong, my client does this". What
 * breaks the client is shrunk to the smallest plan that does, which is mostly one rule with one attempt, and printed as
 * a fixture: a file of `faults/` that makes a test of its own, by its name.
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
 * - This module loads fast-check, through `effect/FastCheck`; the package's index does not have it.
 * - Each run needs a world of its own: provide `MockServer.layer` inside of the property. The app is shared, so a world
 *   costs less than a request. Give it `capsules: false`, else each run that fails on the way to the smallest plan
 *   prints a replay capsule.
 * - A plan that somebody wrote is shrunk too: `{ fastCheck: { examples: [{ plan }] } }`.
 *
 * @since 0.1.0
 */
import * as FastCheck from "effect/FastCheck"
import { longestWait, parseDuration } from "./core/Duration.js"
import { duration } from "./core/Fixture.js"
import { checkPlan, operationsOf } from "./core/faults/Check.js"
import {
  type FaultableOperation,
  type FaultEffect,
  type FaultPlan,
  type FaultRule,
  faultableOperations
} from "./core/faults/Plan.js"
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
import { reference } from "./core/MeaningCheck.js"
import { printPath, printValue, printWords } from "./core/Problem.js"
import { shapeProblems } from "./core/ShapeCheck.js"

/**
 * What the plans are made of.
 *
 * @since 0.1.0
 * @category models
 */
export interface FaultPlanOptions {
  /**
   * Whose answers go wrong. Default: all operations. Those that come first count as simpler: where a fault of several
   * breaks the client alike, the first one is reported.
   */
  readonly operations?: ReadonlyArray<FaultableOperation> | undefined
  /** What goes wrong: keys of a rule's `do`. Default: all of them, on the operations that can have them. */
  readonly effects?: ReadonlyArray<keyof FaultEffect> | undefined
  /** At most so many rules. Default: 3. */
  readonly maxRules?: number | undefined
  /**
   * The longest time that a rule names, such as `"500ms"`; a distribution has a longer tail. Default: `"1m"`.
   */
  readonly longest?: string | undefined
  /**
   * Whether a server may fall silent for ever, which only a client with a deadline survives: any other waits, and what
   * waits for ever is neither reported nor shrunk. Default: `false`.
   */
  readonly hang?: boolean | undefined
}

// --- time ---

/** Whole units up to the longest time: seconds, or milliseconds where it is no number of seconds. */
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

// --- what goes wrong ---

/** What a server, a gateway or nobody would answer. */
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

/** One operation, mostly; some of them; or all. */
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

/** What happens most in life comes most. */
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
    throw new RangeError(`found ${found}, expected an effect that one of the operations can have`)
  }
  return oneof(...rules)
}

// --- plans ---

/** A plan that prints itself as a fixture where fast-check reports it. */
const reported = (plan: FaultPlan): FaultPlan =>
  Object.defineProperty({ ...plan }, FastCheck.toStringMethod, {
    value: () => `\n${print(plan, "The smallest plan that was found to break a client.")}`
  })

/** Throws a `RangeError` for a name that nothing has: a rule of it would never take effect. */
const checkNames = (option: keyof FaultPlanOptions, names: ReadonlyArray<string>, known: ReadonlyArray<string>) => {
  const [problem] = names.flatMap((name, index) => reference([option, index], name, `one of the ${option}`, known))
  if (problem !== undefined) throw new RangeError(`${printPath(problem.path)}: ${problem.message}`)
}

/**
 * It shrinks a plan by what the plan says, not by how it was drawn: so a rule that takes effect by chance becomes one
 * with an attempt, and a plan that somebody wrote can be shrunk as well.
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
 * Fault plans over every effect, each on the operations that can have it, at some attempts, in a window of time, by
 * chance, or always. Their rules are `optional`: one that is never reached fails nothing.
 *
 * A plan that breaks a client shrinks to fewer rules, then to fewer attempts of one operation, then to the simplest
 * effect with the smallest numbers. Its report is a fixture.
 *
 * Throws a `RangeError` when none of the effects is possible on any of the operations, and for the name of an operation
 * or an effect that does not exist.
 *
 * @since 0.1.0
 * @category arbitraries
 */
export const faultPlan = (options: FaultPlanOptions = {}): FastCheck.Arbitrary<FaultPlan> => new FaultPlans(options)

/**
 * Seeds of a world: `MockServer.layer({ seed })`. What happens by chance, and the ids, come from it.
 *
 * @since 0.1.0
 * @category arbitraries
 */
export const seed = (): FastCheck.Arbitrary<string> => FastCheck.nat().map((number) => `seed-${number}`)

// --- fixtures ---

/**
 * A plan as a fixture of `faults/` has it; `about` says what it is for.
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
 * The text of that fixture: saved as `faults/lost-answer.json`, it is `mock.faults.use("lost-answer")`.
 *
 * @since 0.1.0
 * @category fixtures
 */
export const print = (plan: FaultPlan, about: string): string => `${JSON.stringify(toFixture(plan, about), null, 2)}\n`
