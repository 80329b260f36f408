#!/usr/bin/env node
/** The entry of `pixxel`. Prints the version without loading the program; loads it for all other commands. */
import * as module from "node:module"
import paths from "env-paths"
import manifest from "../package.json" with { type: "json" }
import { isReaderGone } from "./closed.js"

const argv = process.argv.slice(2)

/** Prints the version, with the usual exit codes: see ExitCode.ts. */
const printVersion = () => {
  process.stdout.on("error", (error) => {
    if (isReaderGone(error, process.stdout)) return
    process.stderr.write(`pixxel: The result could not be written: ${error.message}\n`)
    process.exitCode = 11
  })
  process.stdout.write(`${manifest.version}\n`)
}

/** Lets Node keep the compiled code for later starts, in a folder that only the user can write. */
const keepCompiledCode = () => {
  // since Node 22.8; the types are those of Node 20
  const enableCompileCache: unknown = Reflect.get(module, "enableCompileCache")
  try {
    if (typeof enableCompileCache === "function") enableCompileCache(paths("pixxel", { suffix: "" }).cache)
  } catch {
    // a user without a home
  }
}

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "version")) printVersion()
else {
  keepCompiledCode()
  import("./process.js").then(({ start }) => start(argv))
}
