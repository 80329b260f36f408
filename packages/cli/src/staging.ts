/**
 * Publishes a folder atomically: fills it beside the target under a unique name, and renames it.
 *
 * The name has the machine, the process and a random number. So a later run removes the folders of killed processes of
 * this machine, and no other folder. A process mistaken for dead loses its folder by a rename before any file is
 * removed, so it fails and never publishes an incomplete folder.
 */
import { createHash, randomBytes } from "node:crypto"
import type { Stats } from "node:fs"
import { lstat, mkdir, readdir, readlink, rename, rm, rmdir } from "node:fs/promises"
import { hostname } from "node:os"
import { basename, dirname, join } from "node:path"

/** The scope of process ids: the host, and on Linux the pid namespace. */
const machine = async (): Promise<string> => {
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "")
  return createHash("sha256").update(`${hostname()} ${namespace}`).digest("hex").slice(0, 8)
}

/** The staging folders of this process. */
const own = new Set<string>()

const newName = (folder: string, machine: string): string => {
  const name = `${folder}~unpacking-${machine}-${process.pid}-${randomBytes(8).toString("hex")}`
  own.add(name)
  return name
}

/** Stats a path, without following a link. */
export const find = (path: string): Promise<Stats | undefined> => lstat(path).catch(() => undefined)

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // a process of another user cannot be signalled, but runs
    return error instanceof Error && "code" in error && error.code !== "ESRCH"
  }
}

const remove = async (path: string): Promise<void> => {
  await rm(path, { recursive: true, force: true })
  own.delete(path)
}

/**
 * Removes the staging folders for `folder` whose process has ended. Returns the others, whose process is running or ran
 * on another machine.
 */
export const clear = async (folder: string): Promise<ReadonlyArray<string>> => {
  const here = await machine()
  const prefix = `${basename(folder)}~unpacking-`
  const others: Array<string> = []
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(prefix)) continue
    const path = join(dirname(folder), name)
    const [, of, pid] = /^([0-9a-f]{8})-(\d+)-[0-9a-f]{16}$/.exec(name.slice(prefix.length)) ?? []
    if (of === undefined || own.has(path)) continue
    // a reused process id may belong to this process
    if (of !== here || (Number(pid) !== process.pid && isRunning(Number(pid)))) {
      others.push(path)
      continue
    }
    const taken = newName(folder, here)
    // another run may remove it concurrently
    await rename(path, taken).catch(() => undefined)
    await remove(taken)
  }
  return others
}

/**
 * Fills a new folder with `fill`, and renames it to `folder`, which must be missing or an empty folder. Otherwise
 * returns false and leaves no trace.
 */
export const publish = async (folder: string, fill: (staging: string) => Promise<void>): Promise<boolean> => {
  const staging = newName(folder, await machine())
  // never recreated: after a takeover, all following steps must fail
  await mkdir(staging)
  try {
    await fill(staging)
    // remove an empty folder, which Windows would not replace
    await rmdir(folder).catch(() => undefined)
    // if it exists now, another run won; renaming a folder never replaces one with content
    return await rename(staging, folder).then(
      () => true,
      async (error: unknown) => {
        if ((await find(folder)) === undefined) throw error
        return false
      }
    )
  } finally {
    await remove(staging)
  }
}
