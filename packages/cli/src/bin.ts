#!/usr/bin/env node
/** The entry of `pixxel`. Prints the version without loading the program; loads it for all other commands. */
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

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "version")) printVersion()
else import("./Chunks.js").then(({ start }) => start(argv))
