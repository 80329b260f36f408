/** The groups of commands, and the commands without a group, in the order of the help. */
import { aois } from "./aois.js"
import { archive } from "./archive.js"
import { assets } from "./assets.js"
import { bandsets } from "./bandsets.js"
import { blocks } from "./blocks.js"
import { inOrder } from "./command.js"
import { config } from "./config.js"
import { fetch } from "./fetch.js"
import { indices } from "./indices.js"
import { insights } from "./insights.js"
import { jobs } from "./jobs.js"
import { orders } from "./orders.js"
import { ping } from "./ping.js"
import { projects } from "./projects.js"
import { satellites, search } from "./search.js"
import { stores } from "./stores.js"
import { tasks } from "./tasks.js"
import { usage } from "./usage.js"
import { visualizations } from "./visualizations.js"
import { workflows } from "./workflows.js"

export const groups = inOrder([
  projects,
  workflows,
  jobs,
  tasks,
  satellites,
  search,
  aois,
  assets,
  indices,
  visualizations,
  fetch,
  blocks,
  insights,
  archive,
  bandsets,
  orders,
  stores,
  usage,
  config,
  ping
] as const)
