/**
 * The faults of one world: its plan, and the counts of attempts and effects. The fault of a request depends only on its
 * operation, subject and attempt, and on the time; rate limits also depend on the other requests.
 */
import { Attempts } from "../Attempts.js"
import { parseDuration } from "../Duration.js"
import { random } from "../Ids.js"
import type { Snapshot } from "../Snapshot.js"
import { type Bucket, take } from "./Bucket.js"
import { checkPlan, faultsOf } from "./Check.js"
import { type KindName, kindOf } from "./kinds/index.js"
import type { Asked } from "./kinds/Kind.js"
import { delay } from "./kinds/latency.js"
import type { FaultEffect, FaultPlan, FaultRule } from "./Plan.js"

export interface Fault {
  readonly kind: Exclude<KindName, "latency">
  readonly effect: FaultEffect
  /** Milliseconds until the next token of a limit. */
  readonly wait: number
}

/** Returns the value of its kind. */
export const valueOf = ({ effect, kind }: Fault): unknown => effect[kind]

export interface Decision {
  readonly latency: number
  readonly fault: Fault | undefined
  /** Rules that took effect, for the journal: `rules[1] cut`. */
  readonly fired: ReadonlyArray<string>
  /** Whether the client can still read the intended answer. */
  readonly isHarmless: boolean
}

const untouched: Decision = Object.freeze({ latency: 0, fault: undefined, fired: [], isHarmless: true })

const isOn = ({ on }: FaultRule, operation: string): boolean =>
  (typeof on === "string" ? [on] : on).some((word) => word === "*" || word === operation)

export class Faults {
  readonly #seed: string
  #plan: FaultPlan = { rules: [] }
  #since = 0
  #fired: Array<number> = []
  readonly #attempts = new Attempts()
  readonly #buckets = new Map<number, Bucket>()

  constructor(seed: string) {
    this.#seed = seed
  }

  /**
   * Replaces the plan; attempts and times count from now. Throws a `FaultPlanError` when the plan is invalid. A plan
   * without rules ends all faults.
   */
  use(plan: unknown, now: number): FaultPlan {
    this.#plan = checkPlan(plan)
    this.#since = now
    this.#fired = this.#plan.rules.map(() => 0)
    this.#attempts.clear()
    this.#buckets.clear()
    return this.#plan
  }

  get plan(): FaultPlan {
    return this.#plan
  }

  get hasRules(): boolean {
    return this.#plan.rules.length > 0
  }

  /** Number of times each rule has taken effect, in the order of the plan. */
  get fired(): ReadonlyArray<number> {
    return this.#fired
  }

  /** Rules that never took effect and are not optional, as `rules[1] cut`. */
  get leftovers(): ReadonlyArray<string> {
    return this.#plan.rules.flatMap((rule, index) =>
      this.#fired[index] === 0 && rule.optional !== true ? [this.#name(index)] : []
    )
  }

  /** Decides the fault of a request that has just arrived, and counts the attempt. */
  decide(asked: Asked, now: number): Decision {
    const { rules } = this.#plan
    if (rules.length === 0) return untouched
    const attempt = this.#attempts.next(asked.operation, asked.subject)

    let latency = 0
    let fault: Fault | undefined
    const fired: Array<string> = []
    for (const [index, rule] of rules.entries()) {
      const [kind] = faultsOf(rule.do)
      if (kind !== undefined && fault !== undefined) continue
      const draw = (name: string) => random(this.#seed, "fault", name, index, asked.operation, asked.subject, attempt)
      if (!this.#applies(rule, asked, attempt, now) || draw("chance") >= (rule.chance ?? 1)) continue
      const wait = this.#wait(index, rule, now)
      if (kind === "limit" && wait === 0) continue
      if (rule.do.latency !== undefined) latency += delay(rule.do.latency, draw)
      if (kind !== undefined) fault = { kind, effect: rule.do, wait }
      this.#fired[index] = (this.#fired[index] ?? 0) + 1
      fired.push(this.#name(index))
    }
    return { latency, fault, fired, isHarmless: fault === undefined || kindOf(fault.kind).isHarmless === true }
  }

  save(): Snapshot["faults"] {
    return {
      plan: this.#plan,
      since: this.#since,
      fired: this.#fired,
      attempts: this.#attempts.save(),
      buckets: [...this.#buckets].map(([rule, bucket]) => ({ rule, ...bucket }))
    }
  }

  restore({ attempts, buckets, fired, plan, since }: Snapshot["faults"]): void {
    this.#plan = plan
    this.#since = since
    this.#fired = [...fired]
    this.#attempts.restore(attempts)
    this.#buckets.clear()
    for (const { rule, ...bucket } of buckets) this.#buckets.set(rule, bucket)
  }

  #applies(rule: FaultRule, asked: Asked, attempt: number, now: number): boolean {
    const { operation, subject } = asked
    const { attempts, between, do: effect } = rule
    const elapsed = now - this.#since
    return (
      isOn(rule, operation) &&
      (rule.subject ?? subject) === subject &&
      (attempts?.includes(attempt) ?? true) &&
      (between === undefined || (elapsed >= parseDuration(between.from) && elapsed < parseDuration(between.to))) &&
      faultsOf(effect).every((kind) => kindOf(kind).isDue?.(effect[kind], asked) ?? true)
    )
  }

  /** Milliseconds until a limited request is admitted; 0 when it is admitted now. */
  #wait(index: number, { do: { limit } }: FaultRule, now: number): number {
    if (limit === undefined) return 0
    const full = { level: limit.tokens, at: this.#since }
    const { bucket, wait } = take(this.#buckets.get(index) ?? full, limit.tokens, parseDuration(limit.per), now)
    this.#buckets.set(index, bucket)
    return wait
  }

  #name(index: number): string {
    const [kind = "latency"] = faultsOf(this.#plan.rules[index]?.do ?? {})
    return `rules[${index}] ${kind}`
  }
}
