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
import { checkPlan, faultsOf, operationsOf } from "./core/faults/Check.js"
import { type Draw, simplest } from "./core/faults/kinds/Draw.js"
import { type KindName, kindNames, kindOf } from "./core/faults/kinds/index.js"
import type { FaultEffect, FaultPlan, FaultRule } from "./core/faults/Plan.js"
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
  /** Longest time in a rule, such as `"500ms"`; a distribution has a longer tail. Default: `"1m"`. */
  readonly longest?: string | undefined
  /**
   * Whether a server may hang. Only a client with a deadline survives that: any other waits forever, and such a run is
   * neither reported nor shrunk. Default: `false`.
   */
  readonly hang?: boolean | undefined
}

// --- shrinking ---

/**
 * Shrinks to simpler values, the simplest first, before it shrinks as fast-check does. So a value does not depend on the
 * way it was drawn, and one from an example shrinks as well.
 */
class Toward<A> extends FastCheck.Arbitrary<A> {
  readonly #drawn: FastCheck.Arbitrary<A>
  readonly #simpler: (value: A) => Iterable<A>
  readonly #isOwn: (value: unknown) => boolean

  /** `isOwn` tells the values of an alternative from those of others. */
  constructor(
    drawn: FastCheck.Arbitrary<A>,
    simpler: (value: A) => Iterable<A>,
    isOwn: (value: unknown) => boolean = () => true
  ) {
    super()
    this.#drawn = drawn
    this.#simpler = simpler
    this.#isOwn = isOwn
  }

  generate(random: FastCheck.Random, biasFactor: number | undefined): FastCheck.Value<A> {
    return this.#drawn.generate(random, biasFactor)
  }

  canShrinkWithoutContext(value: unknown): value is A {
    return this.#isOwn(value)
  }

  shrink(value: A, context: unknown): FastCheck.Stream<FastCheck.Value<A>> {
    const canShrink = context !== undefined || this.#drawn.canShrinkWithoutContext(value)
    return FastCheck.stream(Array.from(this.#simpler(value)).values())
      .map((simpler) => new FastCheck.Value(simpler, undefined))
      .join(canShrink ? this.#drawn.shrink(value, context) : FastCheck.Stream.nil())
  }
}

const before = <A>(values: ReadonlyArray<A>, value: A): ReadonlyArray<A> => {
  const text = JSON.stringify(value)
  const index = values.findIndex((other) => JSON.stringify(other) === text)
  return index < 0 ? values : values.slice(0, index)
}

const ordered = <A>(values: ReadonlyArray<A>, isOwn?: (value: unknown) => boolean): FastCheck.Arbitrary<A> =>
  new Toward(FastCheck.constantFrom(...values), (value) => before(values, value), isOwn)

/** Mostly `undefined`, which is simpler. */
const seldom = <A>(arbitrary: FastCheck.Arbitrary<A>, weight: number): FastCheck.Arbitrary<A | undefined> =>
  new Toward<A | undefined>(
    FastCheck.oneof({ weight, arbitrary: FastCheck.constant(undefined) }, { weight: 1, arbitrary }),
    (value) => (value === undefined ? [] : [undefined])
  )

// --- time ---

/** Whole units up to the longest time: seconds, or milliseconds when it is not a whole number of seconds. */
interface Times {
  readonly most: number
  readonly text: (units: number) => string
  readonly units: (text: string) => number
}

const timesOf = (longest: string): Times => {
  const millis = shapeProblems(duration, longest).length > 0 ? 0 : parseDuration(longest)
  if (millis > parseDuration(longestWait)) {
    throw new RangeError(`longest: found ${printValue(longest)}, expected at most ${longestWait}`)
  }
  if (millis === 0) throw new RangeError(`longest: found ${printValue(longest)}, expected a duration such as "30s"`)
  const [unit, name] = millis % 1_000 === 0 ? [1_000, "s"] : [1, "ms"]
  return {
    most: millis / unit,
    text: (units) => `${units}${name}`,
    units: (text) => parseDuration(text) / unit
  }
}

// --- effects ---

/** The arbitrary of some values. Without `hang`, no server hangs. */
const arbitraryOf = (draw: Draw, times: Times, hang: boolean): FastCheck.Arbitrary<unknown> => {
  const of = (draw: Draw) => arbitraryOf(draw, times, hang)
  const { integer, oneof, record } = FastCheck
  if (draw === "time") return integer({ min: 1, max: times.most }).map(times.text, (text) => times.units(String(text)))
  if ("values" in draw) return ordered(draw.values.filter((value) => hang || value !== "hang"))
  if ("whole" in draw) return integer({ min: draw.whole[0], max: draw.whole[1] })
  if ("fields" in draw) {
    const fields = Object.entries(draw.fields).map(([name, draw]) => [name, of(draw)] as const)
    return record(Object.fromEntries(fields), { requiredKeys: [...draw.needs] })
  }
  const alternatives = draw.any.map(([weight, draw]) => ({
    weight,
    arbitrary:
      typeof draw === "object" && "values" in draw
        ? ordered(draw.values, (value) => draw.values.includes(value))
        : of(draw)
  }))
  return new Toward(oneof(...alternatives), (value) => before(simplest(draw, times.text(1)), value))
}

// --- when ---

/** Attempts of simple rules, the simplest first. */
const simpleAttempts: ReadonlyArray<ReadonlyArray<number>> = [[1], [2], [3], [4], [5], [6], [1, 2], [1, 2, 3]]

const attempts = new Toward<FaultRule["attempts"]>(
  FastCheck.oneof<Array<FastCheck.WeightedArbitrary<FaultRule["attempts"]>>>(
    { weight: 4, arbitrary: FastCheck.constant([1]) },
    { weight: 5, arbitrary: FastCheck.subarray([1, 2, 3, 4, 5, 6], { minLength: 1, maxLength: 3 }) },
    { weight: 6, arbitrary: FastCheck.constant(undefined) }
  ),
  (some) => before(simpleAttempts, some ?? []).filter(({ length }) => some === undefined || length <= some.length)
)

const betweenOf = ({ most, text, units }: Times): FastCheck.Arbitrary<NonNullable<FaultRule["between"]>> =>
  FastCheck.tuple(FastCheck.integer({ min: 0, max: most - 1 }), FastCheck.integer({ min: 1, max: most }))
    .filter(([from, to]) => from < to)
    .map(
      ([from, to]) => ({ from: text(from), to: text(to) }),
      (window) => [units(Object(window).from), units(Object(window).to)]
    )

// --- rules ---

/** Mostly one operation, else several or all. */
const onOf = (operations: ReadonlyArray<FaultableOperation>): FastCheck.Arbitrary<FaultRule["on"]> => {
  const { constant, constantFrom, oneof, subarray } = FastCheck
  const one = constantFrom(...operations)
  const some = operations.length === 1 ? one : subarray([...operations], { minLength: 2 })
  const all = operations.length === faultableOperations.length ? constant("*" as const) : some
  return new Toward<FaultRule["on"]>(
    oneof({ weight: 6, arbitrary: one }, { weight: 2, arbitrary: some }, { weight: 1, arbitrary: all }),
    (on) => before<FaultRule["on"]>(operations, on)
  )
}

const kindIn = (effect: FaultEffect): KindName => faultsOf(effect)[0] ?? "latency"

const ruleOf = (
  kinds: ReadonlyArray<KindName>,
  operations: ReadonlyArray<FaultableOperation>,
  times: Times,
  hang: boolean
): FastCheck.Arbitrary<FaultRule> => {
  const { constant, oneof, tuple } = FastCheck
  const between = betweenOf(times)
  const chance = ordered([0.1, 0.25, 0.5, 0.75])
  const valueOf = (kind: KindName) => arbitraryOf(kindOf(kind).draw, times, hang)
  /** Values of a kind, as effects: by the kind's own draw. */
  const effect = (kind: KindName, value: unknown) => ({ [kind]: value }) as FaultEffect
  const late = kinds.includes("latency") ? seldom(valueOf("latency"), 7) : constant(undefined)

  const rules = kinds.flatMap((kind) => {
    const possible = operations.filter((operation) => operationsOf(kind).includes(operation))
    if (possible.length === 0) return []
    const beside = kind === "latency" ? constant(undefined) : late
    const arbitrary: FastCheck.Arbitrary<FaultRule> = tuple(
      onOf(possible),
      attempts,
      seldom(between, 4),
      seldom(chance, 4),
      beside,
      valueOf(kind)
    ).map(
      ([on, attempts, between, chance, latency, value]): FaultRule => ({
        on,
        ...(attempts && { attempts }),
        ...(between && { between }),
        ...(chance !== undefined && { chance }),
        optional: true,
        do: { ...(latency === undefined ? {} : effect("latency", latency)), ...effect(kind, value) }
      }),
      (rule) => {
        const { attempts, between, chance, do: effect, on }: FaultRule = Object(rule)
        if (kindIn(effect) !== kind) throw new TypeError(`not a rule of ${kind}`)
        const latency = kind === "latency" ? undefined : effect.latency
        return [on, attempts, between, chance, latency, effect[kind]]
      }
    )
    return [{ arbitrary, weight: kindOf(kind).weight ?? 1 }]
  })
  if (rules.length === 0) {
    const found = `the effects ${printWords(kinds)} on the operations ${printWords(operations)}`
    throw new RangeError(`found ${found}, expected an effect that applies to one of the operations`)
  }

  /** Yields rules of the kinds before that of the rule. */
  function* ofSimplerKinds(rule: FaultRule): Iterable<FaultRule> {
    const kind = kindIn(rule.do)
    const { latency } = rule.do
    if (kind !== "latency" && latency !== undefined) yield { ...rule, do: { latency } }
    const on: ReadonlyArray<string> = typeof rule.on === "string" ? [rule.on] : rule.on
    for (const other of kindNames.slice(0, kindNames.indexOf(kind))) {
      const possible: ReadonlyArray<string> = operationsOf(other)
      const isPossible = on.every((operation) => operation === "*" || possible.includes(operation))
      if (!kinds.includes(other) || !isPossible) continue
      for (const value of simplest(kindOf(other).draw, times.text(1))) {
        if (hang || Object(value).by !== "hang") yield { ...rule, do: effect(other, value) }
      }
    }
  }

  return new Toward(oneof(...rules), ofSimplerKinds)
}

// --- plans ---

/** Yields no rules, each rule alone, and all but one. */
function* fewerRules(rules: ReadonlyArray<FaultRule>): Iterable<Array<FaultRule>> {
  if (rules.length > 0) yield []
  if (rules.length > 1) for (const rule of rules) yield [rule]
  if (rules.length > 2) for (const out of rules) yield rules.filter((rule) => rule !== out)
}

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
export const faultPlan = ({
  effects = kindNames,
  hang = false,
  longest = "1m",
  maxRules = 3,
  operations = faultableOperations
}: FaultPlanOptions = {}): FastCheck.Arbitrary<FaultPlan> => {
  checkNames("operations", operations, faultableOperations)
  checkNames("effects", effects, kindNames)
  const rule = ruleOf(effects, operations, timesOf(longest), hang)
  return new Toward(FastCheck.array(rule, { minLength: 1, maxLength: maxRules }), fewerRules).map(
    (rules) => reported({ rules }),
    (plan) => checkPlan(plan).rules.map((rule) => ({ ...rule, optional: true as const }))
  )
}

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
