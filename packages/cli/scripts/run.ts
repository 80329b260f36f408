/** Runs `pixxel` from the sources, without a build: `npm run pixxel -- workflows list --mock`. */
import { start } from "../src/process.js"

start(process.argv.slice(2))
