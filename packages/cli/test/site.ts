/** A mock server on a socket for commands in separate processes, with worlds whose time only the test advances. */
import { buildServer } from "@effect-pixxel/mock-server/server"
import { afterAll, beforeAll } from "vitest"

/** The manual clock of a world. */
class HandClock {
  now: number
  readonly sleepers = 0
  constructor(now: number) {
    this.now = now
  }
  /** Sleeps in these worlds, such as hanging connections, never end. */
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

/** One server per test file. */
export const site = () => {
  const app = buildServer({ creation: "explicit", seed: "cli", onDefect: console.error })
  let url = ""
  beforeAll(async () => {
    url = await app.listen({ port: 0, host: "127.0.0.1" })
  })
  afterAll(() => app.close())
  return {
    /** Creates a world, and the settings of a command for it. */
    world: () => {
      const name = `terminal-${++worlds}`
      const clock = new HandClock(Date.now())
      const world = app.mock.worlds.create(name, { clock })
      return { world, clock, env: { PIXXEL_API_KEY: `mock_${name}_owner`, PIXXEL_BASE_URL: url } }
    }
  }
}
