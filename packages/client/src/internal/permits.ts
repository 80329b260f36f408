/**
 * Limits concurrency: first come, first served. A finished task passes its permit to the next.
 *
 * Effect's semaphore (3.22) wakes all waiting fibers on every release: with ten thousand calls, each would wake
 * thousands of times needlessly.
 */
import * as Effect from "effect/Effect"
import * as MutableQueue from "effect/MutableQueue"

export type Permits = ReturnType<typeof make>

/** A turn: waiting, holding a permit, or given up. */
interface Turn {
  state: "waits" | "has" | "left"
  wake: () => void
}

export const make = (permits: number) => {
  const waiting = MutableQueue.unbounded<Turn>()
  let free = permits

  const enter = (): Turn => {
    const turn: Turn = { state: free > 0 ? "has" : "waits", wake: () => {} }
    if (turn.state === "has") free--
    else MutableQueue.offer(waiting, turn)
    return turn
  }

  const handOn = (): void => {
    let next = MutableQueue.poll(waiting, undefined)
    while (next?.state === "left") next = MutableQueue.poll(waiting, undefined)
    if (next === undefined) {
      free++
    } else {
      next.state = "has"
      next.wake()
    }
  }

  const leave = (turn: Turn): void => {
    const hadIt = turn.state === "has"
    turn.state = "left"
    if (hadIt) handOn()
  }

  const arrival = (turn: Turn): Effect.Effect<void> =>
    Effect.async<void>((resume) => {
      if (turn.state === "has") return resume(Effect.void)
      turn.wake = () => resume(Effect.void)
    })

  return {
    /** Waits for a permit, and runs `self` with it. */
    within: <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.uninterruptibleMask((restore) =>
        Effect.suspend(() => {
          const turn = enter()
          return Effect.ensuring(
            Effect.zipRight(restore(arrival(turn)), restore(self)),
            Effect.sync(() => leave(turn))
          )
        })
      )
  }
}
