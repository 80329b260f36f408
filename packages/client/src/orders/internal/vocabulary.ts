/** The status words of order items and of their tasks. Older pages have COMPLETED and PARTIALLY_COMPLETED. */
import { words } from "../../Status.js"

/** A partial success is a success. */
export const vocabulary = words({
  succeeded: ["fulfilled"],
  partial: ["partially_fulfilled", "partially_completed"]
})
