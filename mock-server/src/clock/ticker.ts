/**
 * One ticker for all worlds of the process: it runs the worlds that changed once in each turn of the event loop, and
 * rests while every world is held. A guard reports worlds in which nothing has happened for some real time.
 */
import { hook, outside } from "./Foreign.js"
import { clearInterval, monotonic, setImmediate, setInterval } from "./timers.js"
import { watchModules } from "./Vitest.js"
import type { WorldTime } from "./WorldTime.js"

const guardInterval = 100

interface Watched {
  version: number
  since: number
  reported: boolean
}

const alive = new Map<WorldTime, Watched>()
const armed = new Set<WorldTime>()
let ticking = false
let guard: ReturnType<typeof setInterval> | undefined

const tick = () => {
  for (const time of armed) if (!time.turn()) armed.delete(time)
  ticking = armed.size > 0
  if (ticking) setImmediate(tick)
}

const watch = () => {
  const now = monotonic()
  for (const [time, watched] of alive) {
    if (watched.version !== time.version) {
      alive.set(time, { version: time.version, since: now, reported: false })
    } else if (!watched.reported && now - watched.since >= time.stallAfter) {
      watched.reported = true
      time.onStall?.(
        `nothing has happened in this world for ${time.stallAfter / 1_000} s of real time, ${time.describe()}`
      )
    }
  }
}

/** Schedules a turn of the world in the next turn of the event loop. */
export const arm = (time: WorldTime): void => {
  if (!alive.has(time)) {
    alive.set(time, { version: -1, since: monotonic(), reported: false })
    if (alive.size === 1) {
      hook.enable()
      outside(() => {
        guard = setInterval(watch, guardInterval)
        guard.unref()
      })
    }
    watchModules() // Vitest replaces the worker state for each test file
  }
  armed.add(time)
  if (ticking) return
  ticking = true
  outside(() => setImmediate(tick)) // the ticker belongs to no world
}

/** Removes the world, and the hooks with the last one. */
export const disarm = (time: WorldTime): void => {
  armed.delete(time)
  if (alive.delete(time) && alive.size === 0) {
    hook.disable()
    clearInterval(guard)
  }
}
