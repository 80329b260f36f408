/**
 * A mock server on a socket for commands in processes of their own, and a world in it whose time stands still until the
 * test says otherwise.
 */
import { buildServer } from "@effect-pixxel/mock-server/server"
import { afterAll, beforeAll } from "vitest"

/** The time of a world, moved by hand. */
class HandClock {
  now: number
  readonly sleepers = 0
  constructor(now: number) {
    this.now = now
  }
  /** Who sleeps in these worlds, as a connection that hangs does, is not woken. */
  after(): () => boolean {
    return () => true
  }
  advance(millis: number, done: () => void): void {
    this.now += millis
    done()
  }
  set(now: number): void {
    this.now = now
  }
}

let worlds = 0

/** One server for a file of tests. */
export const site = () => {
  const app = buildServer({ creation: "explicit", seed: "cli", onDefect: console.error })
  let url = ""
  beforeAll(async () => {
    url = await app.listen({ port: 0, host: "127.0.0.1" })
  })
  afterAll(() => app.close())
  return {
    /** A new world, and the settings of a command for it. */
    world: () => {
      const name = `terminal-${++worlds}`
      const clock = new HandClock(Date.now())
      const world = app.mock.worlds.create(name, { clock })
      return { world, clock, env: { PIXXEL_API_KEY: `mock_${name}_owner`, PIXXEL_BASE_URL: url } }
    }
  }
}
