/**
 * Signs and verifies URLs. A signed URL gives access to one package until it expires. The key derives from the world's
 * seed, so that the same test signs the same URLs.
 */
import { createHmac, timingSafeEqual } from "node:crypto"
import type { World } from "./World.js"

/** Target of a signed URL: the package of a job, or of one of its tasks. */
export interface Asset {
  readonly jobId: string
  readonly taskId: string | undefined
}

const sign = (world: World, asset: Asset, expires: string): string =>
  createHmac("sha256", `storage\n${world.seed}`)
    .update(JSON.stringify([world.name, asset.jobId, asset.taskId ?? null, expires]))
    .digest("hex")

/** Makes a URL that is valid until `expires`, in milliseconds since 1970 on the world's clock. */
export const signedUrl = (origin: string, world: World, asset: Asset, expires: number): string => {
  const task = asset.taskId === undefined ? "" : `/tasks/${encodeURIComponent(asset.taskId)}`
  const path = `/w/${world.name}/jobs/${encodeURIComponent(asset.jobId)}${task}/package.zip`
  return `${origin}${path}?expires=${expires}&signature=${sign(world, asset, String(expires))}`
}

export type Verdict = "valid" | "expired" | "wrong signature"

/** Verifies a signed URL. It is expired from `expires` on. */
export const verify = (world: World, asset: Asset, expires: unknown, signature: unknown): Verdict => {
  if (typeof expires !== "string" || typeof signature !== "string") return "wrong signature"
  const expected = Buffer.from(sign(world, asset, expires))
  const found = Buffer.from(signature)
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) return "wrong signature"
  return world.clock.now < Number(expires) ? "valid" : "expired"
}
