/** Every operation against every fault, over Node's `fetch`. */
import { testTable } from "./faultTable.js"

testTable("fetch")
