import { calls } from "./calls.js"
import { decoding } from "./decoding.js"

await decoding()
await calls()
