/**
 * A mock of the Pixxel API that replays jobs on a virtual clock: an Effect service (`MockServer`), and a Fastify server
 * (`buildServer`) for programs without Effect.
 *
 * @since 0.1.0
 */
export {
  ClientGone,
  type ClockMode,
  RealClock,
  VirtualTime,
  VirtualTimeExceeded,
  type VirtualTimeOptions,
  type WorldClock,
  WorldEnded
} from "./clock/index.js"
export { NoTestClock, type Transport } from "./clock/program.js"
export { type Conduct, type ConductRule, conductRules, type Violation } from "./core/Conduct.js"
export type { ErrorFixture, FixtureSet, WorldQuirks } from "./core/Fixture.js"
export { FaultPlanError } from "./core/faults/Check.js"
export type { FaultEffect, FaultPlan, FaultRule } from "./core/faults/Plan.js"
export type { JournalEntry } from "./core/Journal.js"
export { type FaultableOperation, fixturesOf, operations } from "./core/Operations.js"
export type { Grant, ProjectRole, ProjectRoles, TokenTable } from "./core/Rights.js"
export { type Scenario, ScenarioError } from "./core/Scenario.js"
export { type Snapshot, SnapshotError } from "./core/Snapshot.js"
export { type Role, tokenOf } from "./core/Token.js"
export type { Expectation, NearMiss, Verdict } from "./core/Verify.js"
export { WorldBusyError } from "./core/World.js"
export * as Fault from "./Fault.js"
export { FixtureError, loadFixtures, shippedFixtures } from "./fixtures/load.js"
export { HostNotAllowed } from "./hosts.js"
export { ConductBroken, LeftOver, MockApp, MockServer, VerificationFailed, WorldBusy } from "./MockServer.js"
export type { ClockName } from "./namedClock.js"
export type { JobFixture, Quirks, RecordingFixture } from "./resources/jobs/fixture.js"
export type { WorkflowFixture } from "./resources/workflows/fixture.js"
export {
  type App,
  type BuiltApp,
  buildServer,
  type InjectOptions,
  type InjectResponse,
  type Mock,
  type ServerOptions
} from "./server.js"
