/**
 * The groups of commands, in the order of the help. A module of its own, for the entry that loads nothing else.
 */
export const groups = ["workflows", "jobs", "tasks", "config"] as const
