/** The groups of commands, in the order of the help. A separate module, so that the entry loads nothing else. */
export const groups = ["workflows", "jobs", "tasks", "config"] as const
