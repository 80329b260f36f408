/**
 * Packages: a ZIP of files, with the same bytes each time, and its additional noise, which is never held in memory.
 */
import { createHash, hash } from "node:crypto"
import { type Content, ofBytes, slice } from "./zip/Content.js"
import { zip } from "./zip/Zip.js"

export interface Package {
  readonly fileName: string
  readonly content: Content
  /** Strong validator: different bytes have a different one. */
  readonly etag: string
  /** Base64; absent for large packages, since 2 GB would take seconds. The CRC-32 is cheap for any size. */
  readonly sha256: string | undefined
  /** Behaviour of the object store, and the size that noise fills up to. */
  readonly store: {
    readonly size?: string
    readonly ranges?: "known" | "ignored"
    readonly etag?: "strong" | "weak" | "none"
    readonly checksums?: "sent" | "none"
  }
}

/** A package of the object store, and the time when it was ready. */
export interface Stored extends Package {
  readonly madeAt: number
}

const units: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30
}

/** Returns the bytes of a size such as `"300kB"`, `"2GB"`, `"1.5GiB"` or `"4294967295B"`. */
export const parseSize = (text: string): number => {
  const [, amount, unit = ""] = /^([0-9.]+)(\w+)$/.exec(text) ?? []
  return Math.floor(Number(amount) * (units[unit] ?? Number.NaN))
}

/** Largest package whose SHA-256 takes less than a millisecond, in bytes. */
const cheap = 1_000_000

/** Makes a package of files; `build` counts its rebuilds. */
export const makePackage = (
  name: string,
  files: ReadonlyArray<{ readonly file: string; readonly bytes: Uint8Array }>,
  store: Package["store"] = {},
  build = 0
): Package => {
  const content = zip(
    files.map(({ bytes, file }) => ({ name: file, content: ofBytes(bytes) })),
    store.size === undefined
      ? undefined
      : { name: "noise.bin", key: build === 0 ? name : `${name}/${build}`, size: parseSize(store.size) }
  )
  // these values determine every byte of the package
  const parts = createHash("sha256").update(JSON.stringify([name, content.size, ...(build === 0 ? [] : [build])]))
  for (const { bytes, file } of files) parts.update(JSON.stringify([file, bytes.length])).update(bytes)
  return {
    fileName: `${name}.zip`,
    content,
    etag: `"${parts.digest("hex").slice(0, 32)}"`,
    sha256: content.size > cheap ? undefined : hash("sha256", slice(content, 0, content.size), "base64"),
    store
  }
}
