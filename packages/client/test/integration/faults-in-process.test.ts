/** Every operation against every fault, in process: no socket, and the parsers of one. */
import { testTable } from "./faultTable.js"

testTable("in process")
