/** A world of the mock server for a test, and the client in it; every test file runs on both transports. */
import * as HttpClient from "@effect/platform/HttpClient"
import { JobsApi, Pixxel, ProjectId, WorkflowId, WorkflowsApi } from "@effect-pixxel/client"
import { MockServer, type Role, shippedFixtures } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export const transports = ["inProcess", "socket"] as const
export type Transport = (typeof transports)[number]

export const fixtures = shippedFixtures()
export const projectId = ProjectId.make("project-monsoon-2024")
export const workflowOf = (story: string) => WorkflowId.make(fixtures.jobs.get(story)?.workflow ?? "no such story")

/** The client of a role in a new world. */
export const world = (
  transport: Transport,
  options: { role?: Role; scheme?: "raw" | "Bearer"; clock?: "auto" | "manual" } = {}
) =>
  Layer.unwrapEffect(
    Effect.map(MockServer, ({ baseUrl, tokenOf }) =>
      Pixxel.layer({ baseUrl, token: tokenOf(options.role ?? "owner"), scheme: options.scheme })
    )
  ).pipe(Layer.provideMerge(MockServer.layer({ transport, clock: options.clock })))

export type World = Layer.Layer.Success<ReturnType<typeof world>>
export { HttpClient, JobsApi, MockServer, WorkflowsApi }
