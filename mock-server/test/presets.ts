/**
 * The shipped scenarios, each with its line for the command line, for HTTP and for a test. The tests run every line,
 * and the READMEs show them.
 */
import { shippedFixtures } from "../src/fixtures/load.js"
import type { MockServer } from "../src/MockServer.js"

export interface Preset {
  readonly name: MockServer.ScenarioPreset
  /** Describes a world with it. */
  readonly about: string
  readonly commandLine: string
  /** A request of the admin routes: method, path and body. */
  readonly http: string
  /** An expression in TypeScript. */
  readonly test: string
}

const names = [
  "flaky",
  "throttled",
  "brownout",
  "lossy-download",
  "eventually-consistent",
  "zero-values",
  "legacy-shapes"
] as const satisfies ReadonlyArray<MockServer.ScenarioPreset>

export const presets: ReadonlyArray<Preset> = names.map((name) => ({
  name,
  about: shippedFixtures().scenarios.get(name)?.about ?? "",
  commandLine: `npx @effect-pixxel/mock-server --scenario ${name}`,
  http: `POST /__mock/v1/worlds {"scenario": "${name}"}`,
  test: `MockServer.layer({ scenario: "${name}" })`
}))
