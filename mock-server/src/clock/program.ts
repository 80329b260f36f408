/**
 * The time of a world, as a program sees it: Effect's services on that time, and transports whose exchanges hold it.
 */
export { Exchange, exchangeHeader } from "./Exchange.js"
export { FollowedTime, follow, NoTestClock } from "./FollowedTime.js"
export { outside, reportsWork } from "./Foreign.js"
export { sheltered } from "./timers.js"
export {
  chooseTransport,
  inProcessAgent,
  socketAgent,
  type Transport,
  trackedFetch,
  untracked
} from "./transport.js"
export * as VirtualClock from "./VirtualClock.js"
