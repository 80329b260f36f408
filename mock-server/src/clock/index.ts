/**
 * The time of worlds, as a server sees it: clocks, and hooks that connect the requests of a Fastify app with the
 * exchanges of their world. Loads neither Effect nor a client; `program` does.
 */
export { ClientGone } from "./ClientGone.js"
export type { Sending } from "./Exchange.js"
export { onceOver } from "./endings.js"
export { attachExchanges, park, sendingOf } from "./hooks.js"
export { connection } from "./Memory.js"
export { fastest, RealClock } from "./RealClock.js"
export { realNow } from "./timers.js"
export { type ClockMode, VirtualTime, VirtualTimeExceeded, type VirtualTimeOptions } from "./VirtualTime.js"
export { advanceClock, type WorldClock } from "./WorldClock.js"
export { WorldEnded, type WorldTime } from "./WorldTime.js"
