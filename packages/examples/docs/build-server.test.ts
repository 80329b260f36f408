import { buildServer, tokenOf } from "@effect-pixxel/mock-server/server"
import { expect, it } from "vitest"

it("runs a job without Effect", async () => {
  const app = buildServer({ clock: "manual" })
  const baseUrl = await app.listen({ port: 0, host: "127.0.0.1" })
  const headers = { authorization: `Bearer ${tokenOf("my-test", "owner")}` }
  const jobs = `${baseUrl}/v0/workflows/wf-crop-classification/jobs`

  const created = await fetch(`${jobs}?project_id=project-monsoon-2024`, { method: "POST", headers })
  const { id } = (await created.json()) as { readonly id: string }
  await app.mock.advance("my-test", "10m")
  const found = await fetch(`${jobs}/${id}`, { headers })
  expect(await found.json()).toMatchObject({ id, status: "completed" })
  await app.close()
})
