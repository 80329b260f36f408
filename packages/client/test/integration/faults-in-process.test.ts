/** Every operation against every fault, in process: without sockets, with the same parsers. */
import { testTable } from "./faultTable.js"

testTable("in process")
