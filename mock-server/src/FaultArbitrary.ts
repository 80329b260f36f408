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
import { type Effect, type KindName, kindNames, kindOf } from "./core/faults/kinds/index.js"
import type { Draw } from "./core/faults/kinds/Kind.js"
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
 * Shrinks to simpler values, the simplest first, before it shrinks as fast-check does, which goes to the first value of
 * a list only, and to no other alternative. So a value does not depend on the way it was drawn, and one from an example
 * shrinks as well.
 */
class Toward<A> extends FastCheck.Arbitrary<A> {
  readonly #drawn: FastCheck.Arbitrary<A>
  readonly #simpler: (value: A) => Iterable<A>

  constructor(drawn: FastCheck.Arbitrary<A>, simpler: (value: A) => Iterable<A>) {
    super()
    this.#drawn = drawn
    this.#simpler = simpler
  }

  generate(random: FastCheck.Random, biasFactor: number | undefined): FastCheck.Value<A> {
    return this.#drawn.generate(random, biasFactor)
  }

  canShrinkWithoutContext(_value: unknown): _value is A {
    return true
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

/** Shrinks to the values before this one, the simplest first. */
const toward = <A>(values: ReadonlyArray<A>, drawn: FastCheck.Arbitrary<A>): FastCheck.Arbitrary<A> =>
  new Toward(drawn, (value) => before(values, value))

const half = { freq: 1, nil: undefined } as const

/** `undefined` in three of four values, which is simpler. */
const seldom = <A>(arbitrary: FastCheck.Arbitrary<A>): FastCheck.Arbitrary<A | undefined> =>
  FastCheck.option(FastCheck.option(arbitrary, half), half)

// --- time ---

/** Whole units up to the longest time: seconds, or milliseconds when it is not a whole number of seconds. */
interface Times {
  readonly shortest: string
  readonly from: (least: number) => FastCheck.Arbitrary<string>
}

const timesOf = (longest: string): Times => {
  const millis = shapeProblems(duration, longest).length > 0 ? 0 : parseDuration(longest)
  if (millis > parseDuration(longestWait)) {
    throw new RangeError(`longest: found ${printValue(longest)}, expected at most ${longestWait}`)
  }
  if (millis === 0) throw new RangeError(`longest: found ${printValue(longest)}, expected a duration such as "30s"`)
  const [unit, name] = millis % 1_000 === 0 ? [1_000, "s"] : [1, "ms"]
  const most = millis / unit
  return {
    shortest: `1${name}`,
    from: (least) =>
      FastCheck.integer({ min: least, max: most }).map(
        (units) => `${units}${name}`,
        // a time of an example, which no draw gives, shrinks like the nearest one
        (text) => Math.min(Math.max(least, Math.round(parseDuration(String(text)) / unit)), most)
      )
  }
}

// --- effects ---

/** Settings that all rules of an arbitrary share. */
interface Scope {
  readonly times: Times
  /** Whether a server may hang. */
  readonly hang: boolean
}

/** Returns the simplest values, the simplest first. */
const simplest = (draw: Draw, scope: Scope): ReadonlyArray<unknown> => {
  if (draw === "time") return [scope.times.shortest]
  if ("values" in draw) return draw.values.filter((value) => scope.hang || value !== "hang")
  if ("whole" in draw) return [Math.min(Math.max(0, draw.whole[0]), draw.whole[1])]
  if ("any" in draw) return draw.any.flatMap(([, draw]) => simplest(draw, scope))
  return draw.needs.reduce<ReadonlyArray<object>>(
    (objects, name) =>
      objects.flatMap((object) =>
        simplest(draw.fields[name] ?? { values: [] }, scope).map((value) => ({ ...object, [name]: value }))
      ),
    [{}]
  )
}

const drawn = (draw: Draw, scope: Scope): FastCheck.Arbitrary<unknown> => {
  const { constantFrom, integer, oneof, record } = FastCheck
  if (draw === "time") return scope.times.from(1)
  if ("values" in draw) return constantFrom(...simplest(draw, scope))
  if ("whole" in draw) return integer({ min: draw.whole[0], max: draw.whole[1] })
  if ("any" in draw) return oneof(...draw.any.map(([weight, draw]) => ({ weight, arbitrary: drawn(draw, scope) })))
  const fields = Object.entries(draw.fields).map(([name, draw]) => [name, shrunk(draw, scope)] as const)
  return record(Object.fromEntries(fields), { requiredKeys: [...draw.needs] })
}

/** The arbitrary of some values; the fields of an object shrink each by itself. */
const shrunk = (draw: Draw, scope: Scope): FastCheck.Arbitrary<unknown> =>
  draw !== "time" && "fields" in draw ? drawn(draw, scope) : toward(simplest(draw, scope), drawn(draw, scope))

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

const betweenOf = ({ from }: Times): FastCheck.Arbitrary<NonNullable<FaultRule["between"]>> =>
  FastCheck.record({ from: from(0), to: from(1) }).filter(({ from, to }) => parseDuration(from) < parseDuration(to))

// --- rules ---

/** Mostly one operation, else several or all. */
const onOf = (operations: ReadonlyArray<FaultableOperation>): FastCheck.Arbitrary<FaultRule["on"]> => {
  const { constant, constantFrom, oneof, subarray } = FastCheck
  const one = constantFrom(...operations)
  const some = operations.length === 1 ? one : subarray([...operations], { minLength: 2 })
  const all = operations.length === faultableOperations.length ? constant("*" as const) : some
  return toward<FaultRule["on"]>(
    operations,
    oneof({ weight: 6, arbitrary: one }, { weight: 2, arbitrary: some }, { weight: 1, arbitrary: all })
  )
}

/** A rule with all of its fields, of which many are `undefined`; `subject` does not matter. */
type Rule = { readonly [Field in Exclude<keyof FaultRule, "subject" | "do">]: FaultRule[Field] } & {
  readonly do: Effect
}

const whole = ({ attempts, between, chance, do: effect, on }: FaultRule): Rule => ({
  on,
  attempts,
  between,
  chance,
  optional: true,
  do: { latency: undefined, ...effect }
})

const kindIn = (effect: Effect): KindName => faultsOf(effect)[0] ?? "latency"

const ruleOf = (
  kinds: ReadonlyArray<KindName>,
  operations: ReadonlyArray<FaultableOperation>,
  scope: Scope
): FastCheck.Arbitrary<Rule> => {
  const { constant, oneof, record } = FastCheck
  const when = {
    attempts,
    between: seldom(betweenOf(scope.times)),
    chance: seldom(shrunk({ values: [0.1, 0.25, 0.5, 0.75] }, scope) as FastCheck.Arbitrary<number>) // one of these
  }
  const latency = kinds.includes("latency") ? seldom(shrunk(kindOf("latency").draw, scope)) : constant(undefined)

  const rules = kinds.flatMap((kind) => {
    const possible = operations.filter((operation) => operationsOf(kind).includes(operation))
    if (possible.length === 0) return []
    const effect: FastCheck.Arbitrary<Effect> = record({ latency, [kind]: shrunk(kindOf(kind).draw, scope) })
    const arbitrary = record({ on: onOf(possible), ...when, optional: constant(true as const), do: effect })
    return [{ arbitrary, weight: kindOf(kind).weight ?? 1 }]
  })
  if (rules.length === 0) {
    const found = `the effects ${printWords(kinds)} on the operations ${printWords(operations)}`
    throw new RangeError(`found ${found}, expected an effect that applies to one of the operations`)
  }

  /** Yields rules of the kinds before that of the rule. */
  function* ofSimplerKinds(rule: Rule): Iterable<Rule> {
    const kind = kindIn(rule.do)
    const { latency } = rule.do
    if (kind !== "latency" && latency !== undefined) yield { ...rule, do: { latency } }
    const on: ReadonlyArray<string> = typeof rule.on === "string" ? [rule.on] : rule.on
    for (const other of kindNames.slice(0, kindNames.indexOf(kind))) {
      const possible: ReadonlyArray<string> = operationsOf(other)
      const isPossible = on.every((operation) => operation === "*" || possible.includes(operation))
      if (!kinds.includes(other) || !isPossible) continue
      for (const value of simplest(kindOf(other).draw, scope)) {
        yield { ...rule, do: { latency: undefined, [other]: value } }
      }
    }
  }

  return new Toward(oneof(...rules), ofSimplerKinds)
}

// --- plans ---

const allButOne = (rules: ReadonlyArray<Rule>): ReadonlyArray<Array<Rule>> =>
  rules.map((out) => rules.filter((rule) => rule !== out))

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
  const rule = ruleOf(effects, operations, { times: timesOf(longest), hang })
  return new Toward(FastCheck.array(rule, { minLength: 1, maxLength: maxRules }), allButOne).map(
    (rules) => reported({ rules: JSON.parse(JSON.stringify(rules)) }), // leaves out undefined fields
    (plan) => checkPlan(structuredClone(plan)).rules.map(whole)
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
