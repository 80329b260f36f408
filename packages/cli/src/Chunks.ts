/**
 * Runs the program out of the chunks that build.mjs makes of it. V8 would compile them anew at every start, which takes
 * as long as all the rest of a short command: what it has compiled is kept in the user's folder for caches, where later
 * starts find it. NODE_DISABLE_COMPILE_CACHE=1, the switch of Node's own cache of this kind, turns it off.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { Script } from "node:vm"
import * as CodeCache from "./CodeCache.js"
import { groups } from "./groups.js"

/** A digest of all chunks, by build.mjs. */
declare const BUILD: string

/** What every command needs. */
interface Main {
  readonly start: typeof import("./process.js").start
  /** What later chunks import of it, by the names that they know it by. */
  readonly parts: Readonly<Record<string, (() => unknown) | undefined>>
}

/** A chunk below this size, in characters, is compiled sooner than read from a cache. */
const large = 50_000

/** V8 forgets code that has not run for a while, so what a command has after these seconds is no use to others. */
const fresh = 5

const cacheFolder = async (): Promise<string | undefined> => {
  if (process.env["NODE_DISABLE_COMPILE_CACHE"] === "1") return undefined
  try {
    const { default: paths } = await import("env-paths")
    return paths("pixxel", { suffix: "" }).cache
  } catch {
    // a user without a home
    return undefined
  }
}

/** The chunk as a function of what CommonJS gives a module, and what is to be kept of it when the command has ended. */
const compile = (filename: string, name: string, command: string, folder: string | undefined) => {
  const source = readFileSync(filename, "utf8")
  if (folder === undefined || source.length < large) return { script: new Script(source, { filename }) }
  // without the digest that esbuild puts in a name: the next version takes the place of this one
  const file = join(folder, `${name.replace(/-[0-9A-Z]{8}(?=\.cjs$)/, "")}-${process.version}-${process.arch}`)
  const whose = `${name} ${BUILD}`
  const kept = CodeCache.read(file, whose)
  const script = new Script(source, { filename, ...(kept === undefined ? {} : { cachedData: kept.code }) })
  const commands = script.cachedDataRejected === true ? [] : (kept?.commands ?? [])
  if (commands.includes(command)) return { script }
  const keep = () => CodeCache.write(file, whose, { commands: [...commands, command], code: script.createCachedData() })
  return { script, keep }
}

/** Starts the program. What it has compiled is kept after a success, once for each command. */
export const start = async (argv: ReadonlyArray<string>): Promise<void> => {
  const folder = await cacheFolder()
  const words = argv.filter((word) => !word.startsWith("-"))
  const begin = words.findIndex((word) => new Set<string>(groups).has(word))
  const command = begin === -1 ? "" : words.slice(begin, begin + 2).join(" ")
  const loaded = new Map<string, { exports: unknown }>()

  const load = (name: string): unknown => {
    const known = loaded.get(name)
    if (known !== undefined) return known.exports
    const module: { exports: unknown } = { exports: {} }
    loaded.set(name, module)
    const filename = join(__dirname, name)
    const { keep, script } = compile(filename, name, command, folder)
    script.runInThisContext()(module, requireFrom, pathToFileURL(filename).href)
    if (keep !== undefined) {
      process.on("exit", (code) => {
        if (code === 0 && process.uptime() < fresh) keep()
      })
    }
    return module.exports
  }
  const requireFrom = (name: string): unknown => {
    if (!name.startsWith("./")) return require(name)
    return program.parts[name]?.() ?? load(name.slice(2))
  }

  const program = load("main.cjs") as Main
  program.start(argv)
}
