#!/usr/bin/env node
/**
 * The entry of `pixxel`. It loads the rest only when there is something to do, so that `pixxel --version` costs no more
 * than Node itself.
 */
import manifest from "../package.json" with { type: "json" }

const argv = process.argv.slice(2)

if (argv.length === 1 && argv[0] === "--version") process.stdout.write(`${manifest.version}\n`)
else import("./Chunks.js").then(({ start }) => start(argv))
