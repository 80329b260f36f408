/**
 * A folder that appears as a whole: it is filled beside its place, under a name of its own, and renamed.
 *
 * The name tells the machine, the process and a random number. So a later run removes what a process of this machine
 * left when it was killed, and keeps its hands off all else. A process taken for dead by mistake loses its folder by
 * a rename, before any file is removed: it fails, and never publishes what is left.
 */
import { createHash, randomBytes } from "node:crypto"
import { lstat, mkdir, readdir, readlink, rename, rm, rmdir } from "node:fs/promises"
import { hostname } from "node:os"
import { basename, dirname, join } from "node:path"

/** Process ids of one value mean one process: the host, and on Linux the namespace of its process ids. */
const machine = async (): Promise<string> => {
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "")
  return createHash("sha256").update(`${hostname()} ${namespace}`).digest("hex").slice(0, 8)
}

/** Those of this process. */
const own = new Set<string>()

const newName = (folder: string, machine: string): string => {
  const name = `${folder}~unpacking-${machine}-${process.pid}-${randomBytes(8).toString("hex")}`
  own.add(name)
  return name
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // a process of another user may not be signalled, and runs
    return error instanceof Error && "code" in error && error.code !== "ESRCH"
  }
}

const remove = async (path: string): Promise<void> => {
  await rm(path, { recursive: true, force: true })
  own.delete(path)
}

/**
 * Removes the staging folders for `folder` whose process has ended. Returns the others: their process runs, or ran on
 * another machine.
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
    // an id that was used before belongs to this process now
    if (of !== here || (Number(pid) !== process.pid && isRunning(Number(pid)))) {
      others.push(path)
      continue
    }
    const taken = newName(folder, here)
    // another run may be removing it as well
    await rename(path, taken).catch(() => undefined)
    await remove(taken)
  }
  return others
}

/**
 * Has `fill` fill a new folder, and gives it the name `folder`, where there is nothing or an empty folder. Returns
 * false, and leaves no trace, if there is something else by then.
 */
export const publish = async (folder: string, fill: (staging: string) => Promise<void>): Promise<boolean> => {
  const staging = newName(folder, await machine())
  // never made again: after a takeover, all that follows has to fail
  await mkdir(staging)
  try {
    await fill(staging)
    // an empty folder, which Windows would not replace
    await rmdir(folder).catch(() => undefined)
    // lost to another run, if it is there now; a rename of a folder never replaces one that has something in it
    return await rename(staging, folder).then(
      () => true,
      async (error: unknown) => {
        const isThere = await lstat(folder).then(
          () => true,
          () => false
        )
        if (!isThere) throw error
        return false
      }
    )
  } finally {
    await remove(staging)
  }
}
