/** The decisions of shared polls, for any order of events. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import { PixxelForbidden, PixxelServerError, Waiter } from "../src/index.js"
import * as elapsed from "../src/internal/elapsed.js"
import { nothing } from "../src/internal/following.js"
import * as pace from "../src/internal/pace.js"
import * as pollStep from "../src/internal/pollStep.js"

/** A waiter in these tests is woken by its name. */
type Wake = string
type Item = pollStep.Summary
type Group = pollStep.Group<string, Wake>
type Event = pollStep.Event<string, Wake, Item>

const call = { operation: "get", method: "GET", route: "/", attempts: [], requestId: Option.none(), message: "" }
const broken = (retryAfter: Option.Option<Duration.Duration>) =>
  new PixxelServerError({ ...call, status: 503, retryAfter })
const forbidden = new PixxelForbidden({ ...call, status: 403 })

const dated = <A>(value: A) => ({ value, date: Option.none<number>(), retryAfter: Option.none<Duration.Duration>() })
const item = (id: string, word: string, percent: number): Item => ({
  id,
  status: Option.some(word),
  progress: Option.some(percent),
  outcome: word === "running" ? "pending" : "succeeded"
})

const waiter = Waiter.make()
const floor = Duration.toMillis(waiter.minInterval)

const member = (name: string, now: number, detailed: boolean): pollStep.Member<Wake> => ({
  waiter,
  detailed,
  deadline: elapsed.deadline(Number.POSITIVE_INFINITY, now),
  due: now,
  failures: 0,
  absences: 0,
  seen: nothing,
  wake: name
})

/** The next event, and the time until it. */
const happening = fc.record({
  after: fc.integer({ min: 0, max: 120_000 }),
  isBroken: fc.boolean(),
  isRefused: fc.integer({ min: 0, max: 9 }).map((it) => it === 0),
  retryAfter: fc.option(fc.integer({ min: 0, max: 90_000 }).map(Duration.millis)),
  word: fc.constantFrom("running", "running", "running", "completed"),
  percent: fc.integer({ min: 0, max: 100 }),
  share: fc.double({ min: 0, max: 1, noNaN: true })
})

type Happening = typeof happening extends fc.Arbitrary<infer A> ? A : never

/** Plays happenings: lists, checks and gets are answered at once, and every woken waiter sleeps again. */
const play = (count: number, history: number, detailed: boolean, happenings: ReadonlyArray<Happening>) => {
  const group: Group = pollStep.begin(history)
  const subjects = Array.from({ length: count }, (_, at) => {
    const subject = pollStep.subjectOf<string, Wake>(`${at}`, `ref ${at}`, 0)
    // Every third item has two waiters.
    for (const name of at % 3 === 0 ? ["a", "b"] : ["a"]) subject.waiters.add(member(`${at} ${name}`, 0, detailed))
    group.subjects.set(subject.id, subject)
    return subject
  })
  const lists: Array<{ readonly at: number; readonly notBefore: number }> = []
  let now = 0
  for (const { after, isBroken, isRefused, percent, retryAfter, share, word } of happenings) {
    now = Math.max(now + after, pollStep.nextLook(group))
    assert.isFinite(now, "a sleeping waiter is polled at some time")
    const error = isRefused ? forbidden : broken(Option.fromNullable(retryAfter))
    const result = (id: string) => (isBroken ? Either.left(error) : Either.right(dated(item(id, word, percent))))
    const events: Array<Event> = [{ _tag: "Due" }]
    const looking: Array<Wake> = []
    for (let event = events.shift(); event !== undefined; event = events.shift()) {
      const notBefore = group.rest
      for (const command of pollStep.step(group, event, now)) {
        switch (command._tag) {
          case "List": {
            lists.push({ at: now, notBefore })
            const answer = dated(subjects.map(({ id }) => item(id, word, percent)))
            events.push(
              isBroken
                ? { _tag: "NotListed", floor: command.floor, error }
                : { _tag: "Listed", floor: command.floor, answer, share }
            )
            break
          }
          case "Check": {
            const { error, subject } = command
            events.push({ _tag: "Checked", subject, error, result: result(subject.id), share })
            break
          }
          case "Wake": {
            const [id = "", name] = command.wake.split(" ")
            const subject = group.subjects.get(id)
            assert(subject !== undefined)
            const woken = [...subject.waiters][name === "a" ? 0 : 1]
            assert(woken !== undefined && woken.wake === undefined, "a woken waiter does not sleep")
            if (command.signal === "look") {
              assert.strictEqual(subject.looker, woken, "one waiter gets the item")
              assert.isAtMost(subject.rest, now, "no get before the rest of the item")
              events.push({ _tag: "Found", subject, result: result(id), waiter })
              looking.push(command.wake)
              break
            }
            woken.due = now + pace.delay(woken.waiter, subject.track, now, woken.failures, share)
            woken.wake = command.wake
          }
        }
      }
    }
    // The waiters that got their items sleep again.
    for (const wake of looking) {
      const [id = "", name] = wake.split(" ")
      const subject = group.subjects.get(id)
      const woken = [...(subject?.waiters ?? [])][name === "a" ? 0 : 1]
      assert(subject !== undefined && woken !== undefined)
      subject.looker = undefined
      woken.due = now + pace.delay(woken.waiter, subject.track, now, woken.failures, share)
      woken.wake = wake
    }
  }
  return { group, lists, now, subjects }
}

describe("a step of shared polls", () => {
  it.prop(
    "leaves every waiter asleep with a next poll, and requests no list too early",
    [
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 2_000 }),
      fc.boolean(),
      fc.array(happening, { maxLength: 30 })
    ],
    ([count, history, detailed, happenings]) => {
      const { lists, now, subjects } = play(count, history, detailed, happenings)
      for (const { looker, waiters } of subjects) {
        assert.isUndefined(looker)
        for (const { due, wake } of waiters) {
          assert.isDefined(wake)
          assert.isAtMost(due, now + Duration.toMillis("1 hour"))
        }
      }
      for (const [at, list] of lists.entries()) {
        assert.isAtLeast(list.at, list.notBefore)
        const before = lists[at - 1]
        if (before !== undefined) assert.isAtLeast(list.at - before.at, floor)
      }
      if (count === 1) assert.isEmpty(lists, "a single item needs no list")
    }
  )

  it("gives up lists after a refusal", () => {
    const { group } = play(20, 0, false, [
      { after: 0, isBroken: true, isRefused: true, retryAfter: null, word: "running", percent: 0, share: 0 }
    ])
    assert.strictEqual(group.listless, Number.POSITIVE_INFINITY)
  })

  it("ends the sleep of a waiter at its deadline, and polls once more after a late timer", () => {
    const signals = (sleptUntil: number | undefined, now: number) => {
      const group: Group = pollStep.begin(0)
      const late = { ...member("it", 0, false), deadline: elapsed.deadline(10_000, 0), due: 30_000 }
      const commands = pollStep.step(group, { _tag: "TimedOut", member: late, sleptUntil }, now)
      return { signals: commands.map((command) => command._tag === "Wake" && command.signal), due: late.due }
    }
    assert.deepStrictEqual(signals(30_000, 10_000), { signals: ["late"], due: 30_000 })
    assert.deepStrictEqual(signals(9_000, 10_500), { signals: [], due: 10_500 })
  })
})
