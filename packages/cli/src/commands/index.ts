/** The groups of commands, and the commands without a group, in the order of the help. A command loads only its own. */
import { exampleOf, paths } from "./command.js"

const loaders = {
  projects: async () => (await import("./projects.js")).projects,
  workflows: async () => (await import("./workflows.js")).workflows,
  jobs: async () => (await import("./jobs.js")).jobs,
  tasks: async () => (await import("./tasks.js")).tasks,
  satellites: async () => (await import("./search.js")).satellites,
  search: async () => (await import("./search.js")).search,
  aois: async () => (await import("./aois.js")).aois,
  assets: async () => (await import("./assets.js")).assets,
  indices: async () => (await import("./indices.js")).indices,
  visualizations: async () => (await import("./visualizations.js")).visualizations,
  fetch: async () => (await import("./fetch.js")).fetch,
  blocks: async () => (await import("./blocks.js")).blocks,
  insights: async () => (await import("./insights.js")).insights,
  archive: async () => (await import("./archive.js")).archive,
  bandsets: async () => (await import("./bandsets.js")).bandsets,
  orders: async () => (await import("./orders.js")).orders,
  catalog: async () => (await import("./catalog.js")).catalog,
  stores: async () => (await import("./stores.js")).stores,
  usage: async () => (await import("./usage.js")).usage,
  config: async () => (await import("./config.js")).config,
  ping: async () => (await import("./ping.js")).ping
} as const

type Loader = (typeof loaders)[keyof typeof loaders]

export type Group = Awaited<ReturnType<Loader>>

/** The names of the groups. */
export const groups: ReadonlyArray<string> = Object.keys(loaders)

/** Loads these groups: their commands are then defined. */
export const load = (names: ReadonlyArray<string> = groups): Promise<ReadonlyArray<Group>> =>
  Promise.all(Object.entries<Loader>(loaders).flatMap(([name, loader]) => (names.includes(name) ? [loader()] : [])))

/** One example per loaded command, in the order of the help. All of them run with `--mock`. */
export const examples = (): ReadonlyArray<string> =>
  groups.flatMap((group) => paths().flatMap((path) => (path.split(" ")[0] === group ? [exampleOf(path)] : [])))
