import { buildServer } from "@effect-pixxel/mock-server/server"
import { expect, it } from "vitest"

it("serves a world per token, without Effect", async () => {
  const mock = buildServer({ seed: "my-suite" })
  const baseUrl = await mock.listen({ port: 0, host: "127.0.0.1" })
  const response = await fetch(`${baseUrl}/v0/workflows/wf-crop-classification/jobs`, {
    headers: { authorization: "Bearer mock_my-test_owner" }
  })
  expect(await response.json()).toMatchObject({ jobs: [{ id: "job-crop-done" }, { id: "job-crop-running" }] })
  await mock.close()
})
