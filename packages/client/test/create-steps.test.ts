/** The pure steps of creates: admission, and the pace of a search, for any course of events. */
import { assert, describe, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import * as Gate from "../src/internal/createGate.js"
import * as Search from "../src/internal/createSearch.js"

describe("the admission of creates", () => {
  type State = Gate.Gate<number, number>

  /** The next event; the number chooses a create. */
  const move = fc.tuple(fc.constantFrom("join", "leave", "end", "lose", "found"), fc.nat(9))

  /** Plays the moves that are possible, and checks every step. */
  const play = (moves: ReadonlyArray<readonly [string, number]>, isExact: boolean) => {
    let gate: State = Gate.empty
    let next = 0
    const admitted = new Set<number>()
    const searched: Array<number> = []
    const lost: Array<number> = []
    const pass = (event: Gate.Event<number, number>) => {
      const wasLost = gate.lost.length > 0 || gate.isSearching
      const [after, commands] = Gate.step(gate, event, isExact)
      gate = after
      const search = commands.filter((it) => it._tag === "Search")
      assert.isAtMost(search.length, 1)
      for (const command of commands) {
        if (command._tag === "Admit") admitted.add(command.member)
        if (command._tag === "Search") searched.push(...command.creates)
        if (command._tag === "Search" && !isExact)
          assert.strictEqual(gate.inFlight, 0, "a search has no creates beside it")
      }
      if (!isExact && event._tag === "Join" && wasLost) {
        assert.isFalse(admitted.has(event.member), "no create joins during a search, or when one is due")
      }
      assert.strictEqual(gate.inFlight, admitted.size, "each admitted create is in flight")
      assert.isTrue(gate.lost.length === 0 || gate.inFlight > 0 || gate.isSearching, "a due search begins")
      assert.isTrue(
        gate.waiting.length === 0 || gate.lost.length > 0 || gate.isSearching,
        "no create waits for nothing"
      )
    }
    const leave = (member: number | undefined, event: (member: number) => Gate.Event<number, number>) => {
      if (member === undefined) return
      admitted.delete(member)
      pass(event(member))
    }
    for (const [what, at] of moves) {
      const flying = [...admitted][at % Math.max(1, admitted.size)]
      if (what === "join") pass({ _tag: "Join", member: next++ })
      else if (what === "leave") {
        leave([...gate.waiting, ...admitted][at % Math.max(1, gate.waiting.length + admitted.size)], (member) => ({
          _tag: "Leave",
          member
        }))
      } else if (what === "end") leave(flying, () => ({ _tag: "End" }))
      else if (what === "lose") {
        if (flying !== undefined) lost.push(flying)
        leave(flying, (create) => ({ _tag: "Lose", create }))
      } else if (gate.isSearching) pass({ _tag: "Found" })
    }
    while (admitted.size > 0 || gate.isSearching) {
      if (gate.isSearching) pass({ _tag: "Found" })
      else leave([...admitted][0], () => ({ _tag: "End" }))
    }
    return { gate, lost, searched }
  }

  it.each([false, true])("searches for every lost create once, and leaves no create waiting, exact: %s", (isExact) => {
    let searches = 0
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const { gate, lost, searched } = play(moves, isExact)
        assert.deepStrictEqual(searched, lost)
        assert.isTrue(Gate.isIdle(gate))
        searches += searched.length
      }),
      { numRuns: 1_000 }
    )
    assert.isAbove(searches, 100)
  })

  it("admits all creates at any time if items carry marks", () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        let gate: State = Gate.empty
        for (const [what, at] of moves) {
          if (what === "join") gate = Gate.step(gate, { _tag: "Join", member: at }, true)[0]
          if (what === "lose" && gate.inFlight > 0) gate = Gate.step(gate, { _tag: "Lose", create: at }, true)[0]
          assert.lengthOf(gate.waiting, 0)
        }
      })
    )
  })
})

describe("the pace of a search", () => {
  const limits = { patience: 180_000, longestAsked: 60_000 }
  const outcome = fc.record({
    kind: fc.constantFrom("listed", "failed", "refused"),
    took: fc.oneof(fc.constant(20), fc.integer({ min: 0, max: 100_000 })),
    late: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(3_600_000) }),
    asked: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 70_000 })),
    pause: fc.integer({ min: 2_000, max: 5_000 })
  })

  it("ends with a list that began after the grace period, or with a failure that lasted", () => {
    const ends = { listed: 0, failed: 0 }
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60_000 }),
        fc.array(outcome, { minLength: 1, maxLength: 30 }),
        (grace, script) => {
          let now = 1_000
          let slept = 0
          let search: Search.Search | undefined = Search.start({ ...limits, grace }, now, 2_000)
          const end = now + grace
          let last = { began: now, kind: "none", asked: 0, latest: 0 }
          let asked = 0
          let turn = 0
          while (search !== undefined) {
            assert.isBelow(turn, 10_000)
            const { kind, late, pause, took, ...rest } = script[turn++ % script.length] ?? assert.fail("no outcome")
            const millis = Math.ceil(search.due - now)
            assert.isAtLeast(millis, 0)
            slept += millis
            // A machine that is suspended again and again searches as often.
            now += millis + (turn > script.length ? 0 : late)
            assert.isAtLeast(now, asked, "a list waits as long as the server requested")
            search = Search.list(search, now)
            const timeout = search.due - now
            assert.strictEqual(search.isLast, now >= end)
            assert.isAbove(timeout, 0)
            last = { began: now, kind, asked: rest.asked, latest: search.latest }
            now += Math.min(took, timeout)
            asked = kind === "listed" ? 0 : now + rest.asked
            const failed = kind === "listed" ? undefined : { isRefused: kind === "refused", asked: rest.asked }
            search = Search.next(search, now, pause, failed)
          }
          if (last.kind === "listed") {
            ends.listed++
            assert.isAtLeast(last.began, end)
          } else {
            ends.failed++
            assert.isTrue(
              last.kind === "refused" || last.asked > limits.longestAsked || now + last.asked + 5_000 >= last.latest
            )
          }
          assert.isAtMost(slept, grace + (turn + 1) * 75_000)
        }
      ),
      { numRuns: 2_000 }
    )
    assert.isAbove(Math.min(ends.listed, ends.failed), 100)
  })
})
