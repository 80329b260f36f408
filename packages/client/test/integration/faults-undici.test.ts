/** Every operation against every fault, over undici's `request`, as `NodeHttpClient.layerUndici` has it. */
import { testTable } from "./faultTable.js"

testTable("undici")
