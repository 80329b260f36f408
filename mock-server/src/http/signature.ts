/**
 * Signed URLs: who has one may fetch one package until it expires, and nothing else. The key comes from the world's
 * seed, so that the same test signs the same URLs.
 */
import { createHmac, timingSafeEqual } from "node:crypto"
import type { World } from "../core/World.js"

/** What a signed URL leads to: the package of a job, or of one of its tasks. */
export interface Asset {
  readonly jobId: string
  readonly taskId: string | undefined
}

const sign = (world: World, asset: Asset, expires: string): string =>
  createHmac("sha256", `storage\n${world.seed}`)
    .update(JSON.stringify([world.name, asset.jobId, asset.taskId ?? null, expires]))
    .digest("hex")

/** Valid until `expires`, in milliseconds since 1970 on the world's clock. */
export const signedUrl = (origin: string, world: World, asset: Asset, expires: number): string => {
  const task = asset.taskId === undefined ? "" : `/tasks/${encodeURIComponent(asset.taskId)}`
  const path = `/w/${world.name}/jobs/${encodeURIComponent(asset.jobId)}${task}/package.zip`
  return `${origin}${path}?expires=${expires}&signature=${sign(world, asset, String(expires))}`
}

export type Verdict = "valid" | "expired" | "wrong signature"

/** A URL is expired from its moment of expiry on. */
export const verify = (world: World, asset: Asset, expires: unknown, signature: unknown): Verdict => {
  if (typeof expires !== "string" || typeof signature !== "string") return "wrong signature"
  const expected = Buffer.from(sign(world, asset, expires))
  const found = Buffer.from(signature)
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) return "wrong signature"
  return world.clock.now < Number(expires) ? "valid" : "expired"
}
