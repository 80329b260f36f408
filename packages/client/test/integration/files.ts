/** Wraps Node's file system, to reject, count or stop calls. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { NodeFileSystem } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/**
 * Handles each call: its name, such as `rename` or `file.writeAll`, its path, its effect, and half of its effect for
 * writes.
 */
export type Hand = <A, R>(
  call: string,
  path: string,
  self: Effect.Effect<A, PlatformError, R>,
  half?: Effect.Effect<unknown, PlatformError>
) => Effect.Effect<A, PlatformError, R>

const halfOf = (bytes: Uint8Array) => bytes.subarray(0, Math.floor(bytes.length / 2))

const file = (file: FileSystem.File, path: string, hand: Hand): FileSystem.File => ({
  [FileSystem.FileTypeId]: FileSystem.FileTypeId,
  fd: file.fd,
  stat: hand("file.stat", path, file.stat),
  sync: hand("file.sync", path, file.sync),
  seek: (offset, from) => file.seek(offset, from),
  read: (into) => hand("file.read", path, file.read(into)),
  readAlloc: (size) => hand("file.readAlloc", path, file.readAlloc(size)),
  truncate: (length) => hand("file.truncate", path, file.truncate(length)),
  write: (bytes) => hand("file.write", path, file.write(bytes)),
  writeAll: (bytes) => hand("file.writeAll", path, file.writeAll(bytes), file.writeAll(halfOf(bytes)))
})

export const handled = (hand: Hand): Layer.Layer<FileSystem.FileSystem> =>
  Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (fs) =>
      FileSystem.make({
        ...fs,
        access: (path, options) => hand("access", path, fs.access(path, options)),
        stat: (path) => hand("stat", path, fs.stat(path)),
        open: (path, options) =>
          Effect.map(hand("open", path, fs.open(path, options)), (opened) => file(opened, path, hand)),
        remove: (path, options) => hand("remove", path, fs.remove(path, options)),
        rename: (from, to) => hand("rename", from, fs.rename(from, to)),
        readFile: (path) => hand("readFile", path, fs.readFile(path)),
        writeFile: (path, data, options) =>
          hand("writeFile", path, fs.writeFile(path, data, options), fs.writeFile(path, halfOf(data), options))
      })
    )
  ).pipe(Layer.provide(NodeFileSystem.layer))
