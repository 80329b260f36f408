/**
 * Signs and verifies URLs. A signed URL gives access to one package until it expires. The key derives from the world's
 * seed, so that the same test signs the same URLs.
 */
import { createHmac, timingSafeEqual } from "node:crypto"
import type { World } from "./World.js"

/** Ids of a package in the order of its path, such as those of a job and of its task. */
export type Place = Readonly<Record<string, string | undefined>>

const idsOf = (place: Place) =>
  Object.entries(place).flatMap(([name, id]) => (id === undefined ? [] : [[name, id] as const]))

const sign = (world: World, place: Place, expires: string): string =>
  createHmac("sha256", `storage\n${world.seed}`)
    .update(JSON.stringify([world.name, idsOf(place), expires]))
    .digest("hex")

/** Makes a URL that is valid until `expires`, in milliseconds since 1970 on the world's clock. */
export const signedUrl = (origin: string, world: World, place: Place, expires: number): string => {
  const path = idsOf(place).map(([name, id]) => `/${name}s/${encodeURIComponent(id)}`)
  const query = `expires=${expires}&signature=${sign(world, place, String(expires))}`
  return `${origin}/w/${world.name}${path.join("")}/package.zip?${query}`
}

export type Verdict = "valid" | "expired" | "wrong signature"

/** Verifies a signed URL. It is expired from `expires` on. */
export const verify = (world: World, place: Place, expires: unknown, signature: unknown): Verdict => {
  if (typeof expires !== "string" || typeof signature !== "string") return "wrong signature"
  const expected = Buffer.from(sign(world, place, expires))
  const found = Buffer.from(signature)
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) return "wrong signature"
  return world.clock.now < Number(expires) ? "valid" : "expired"
}
