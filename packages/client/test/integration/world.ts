/** A world of the mock server for a test, with its client. The longer files run over TCP only with `npm run test:long`. */
import * as HttpClient from "@effect/platform/HttpClient"
import { type Drift, JobsApi, Pixxel, ProjectId, WorkflowId, WorkflowsApi } from "@effect-pixxel/client"
import {
  type Conduct,
  type FixtureSet,
  MockServer,
  type Role,
  type Scenario,
  shippedFixtures,
  type WorldQuirks
} from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

export const transports = ["inProcess", "socket"] as const
export type Transport = (typeof transports)[number]

export const fixtures = shippedFixtures()
export const projectId = ProjectId.make("project-monsoon-2024")
export const workflowOf = (story: string) => WorkflowId.make(fixtures.jobs.get(story)?.workflow ?? "unknown story")

/** The client of a role in a new world. */
export const world = (
  transport: Transport,
  options: {
    role?: Role
    token?: string
    scheme?: "raw" | "Bearer"
    clock?: "auto" | "manual" | "followTestClock"
    fixtures?: FixtureSet
    scenario?: Scenario | MockServer.ScenarioPreset
    quirks?: WorldQuirks
    conduct?: Conduct
    capsules?: false
    cap?: number
    leftovers?: false
    seed?: string
    onDrift?: Drift.OnDrift
  } = {}
) =>
  Layer.unwrapEffect(
    Effect.map(MockServer, ({ baseUrl, tokenOf }) => {
      const { onDrift, role = "owner", scheme, token } = options
      return Pixxel.layer({
        baseUrl,
        scheme,
        onDrift,
        token: token === undefined ? tokenOf(role) : Redacted.make(token)
      })
    })
  ).pipe(
    Layer.provideMerge(
      MockServer.layer({
        transport,
        clock: options.clock,
        fixtures: options.fixtures,
        scenario: options.scenario,
        quirks: options.quirks,
        conduct: options.conduct,
        capsules: options.capsules,
        cap: options.cap,
        leftovers: options.leftovers,
        seed: options.seed
      })
    )
  )

export type World = Layer.Layer.Success<ReturnType<typeof world>>
export { HttpClient, JobsApi, MockServer, WorkflowsApi }
