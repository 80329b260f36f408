/** Runs `pixxel` from the sources, in a clone that has not been built: `npm run pixxel -- workflows list --mock`. */
import { start } from "../src/process.js"

start(process.argv.slice(2))
