/** The rules of settings. A rule reads a value, or describes the expected one. */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Record from "effect/Record"

export type Rule<in I, out A> = (found: I) => Either.Either<A, string>

const number =
  (expected: string, isValid: (found: number) => boolean): Rule<number, number> =>
  (found) =>
    typeof found === "number" && isValid(found) ? Either.right(found) : Either.left(expected)

export const atLeast = (least: number, expected = `a number of at least ${least}, or Infinity`) =>
  number(expected, (found) => found >= least)

export const whole = (least: number) =>
  number(`a whole number of at least ${least}`, (found) => Number.isInteger(found) && found >= least)

export const wholeOrInfinite = (least: number) =>
  number(
    `a whole number of at least ${least}, or Infinity`,
    (found) => found >= least && (Number.isInteger(found) || found === Infinity)
  )

export const duration: Rule<Duration.DurationInput, Duration.Duration> = (found) =>
  Either.fromOption(
    // Effect takes it for zero.
    Number.isNaN(found) ? Option.none() : Duration.decodeUnknown(found),
    () => 'a duration such as "30 seconds"'
  )

/** A duration with another condition. */
export const durationThat =
  (isValid: (found: Duration.Duration) => boolean, expected: string): typeof duration =>
  (found) =>
    Either.filterOrLeft(duration(found), isValid, () => expected)

export const durationFrom = (least: Duration.Duration, expected: string) =>
  durationThat(Duration.greaterThanOrEqualTo(least), expected)

/** Reads an option by its rule. Throws a `RangeError` in the words of the rule. */
export const read = <I, A>(option: string, rule: Rule<I, A>, found: I): A =>
  Either.getOrThrowWith(
    rule(found),
    (expected) => new RangeError(`The ${option} is ${String(found)}: expected ${expected}`)
  )

type Rules = Readonly<Record<string, Rule<never, unknown>>>
type Settings<R extends Rules> = { readonly [K in keyof R]: R[K] extends Rule<never, infer A> ? A : never }
type Options<R extends Rules> = { readonly [K in keyof R]?: Parameters<R[K]>[0] | undefined }

/** Reads the options of a kind. A missing one leaves the value in force. */
export const change = <R extends Rules>(
  kind: string,
  rules: R,
  before: Settings<R>,
  options: Options<R>
): Settings<R> =>
  // Each rule reads the option of its name.
  Record.map(rules, (rule, name) => {
    const found = options[name]
    return found === undefined ? before[name] : read(`${kind} ${name}`, rule, found as never)
  }) as Settings<R>

/** Whether a header carries a text unchanged: words of visible ASCII separated by single spaces. */
export const isSendable = (text: string): boolean => /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(text)
