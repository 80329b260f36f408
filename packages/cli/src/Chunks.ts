/**
 * Runs the program from the chunks of build.mjs. V8 would compile them at every start, which doubles the time of a
 * short command, so the compiled code is stored in the user's cache folder for later starts.
 * NODE_DISABLE_COMPILE_CACHE=1, the switch of Node's own compile cache, disables this.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { Script } from "node:vm"
import * as CodeCache from "./CodeCache.js"
import { groups } from "./groups.js"

/** A digest of all chunks, set by build.mjs. */
declare const BUILD: string

/** The chunk that every command needs. */
interface Main {
  readonly start: typeof import("./process.js").start
  /** Its exports for later chunks, by name. */
  readonly parts: Readonly<Record<string, (() => unknown) | undefined>>
}

/** Compiling a chunk below this size, in characters, is faster than reading a cache. */
const large = 50_000

/** V8 drops code that has not run for a while, so a cache made after this many seconds is useless. */
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

/** Compiles a chunk as a CommonJS module function. `keep` stores the compiled code at the end of the command. */
const compile = (filename: string, name: string, command: string, folder: string | undefined) => {
  const source = readFileSync(filename, "utf8")
  if (folder === undefined || source.length < large) return { script: new Script(source, { filename }) }
  // without esbuild's digest in the name, so that the next version replaces this one
  const file = join(folder, `${name.replace(/-[0-9A-Z]{8}(?=\.cjs$)/, "")}-${process.version}-${process.arch}`)
  const whose = `${name} ${BUILD}`
  const kept = CodeCache.read(file, whose)
  const script = new Script(source, { filename, ...(kept === undefined ? {} : { cachedData: kept.code }) })
  const commands = script.cachedDataRejected === true ? [] : (kept?.commands ?? [])
  if (commands.includes(command)) return { script }
  const keep = () => CodeCache.write(file, whose, { commands: [...commands, command], code: script.createCachedData() })
  return { script, keep }
}

/** Starts the program. Stores its compiled code after a success, once per command. */
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
