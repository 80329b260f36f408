/** The status words that AOIs, their assets and their visualizations have in common. */
import { words } from "../Status.js"

/** A partial success is a success. */
export const vocabulary = words({ partial: ["partial_success"] })
