/**
 * The axes of the matrix, and the cells that are run. Without a filter each axis is run whole, against the defaults of
 * the others. Filters select the whole product of the axes that they name: `runtime=all pm=yarn,berry`.
 */

/** The values of each axis; the first one is its default. */
export const axes = {
  runtime: ["node20", "node22", "node24", "node26", "bun", "deno"],
  pm: ["npm", "pnpm", "yarn", "berry", "pnp"],
  typescript: ["5.9", "5.7", "5.8", "6", "7"],
  resolution: ["nodenext", "node16", "bundler"],
  effect: ["newest", "floor"]
}

const choose = (axis, text) => {
  if (!(axis in axes)) throw new Error(`There is no axis '${axis}': choose from ${Object.keys(axes).join(", ")}`)
  if (text === "all") return axes[axis]
  return text.split(",").map((value) => {
    if (axes[axis].includes(value)) return value
    throw new Error(`There is no ${axis} '${value}': choose from ${axes[axis].join(", ")}, all`)
  })
}

const defaults = Object.fromEntries(Object.entries(axes).map(([axis, [first]]) => [axis, first]))

const product = (chosen) =>
  Object.entries(chosen).reduce(
    (cells, [axis, values]) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [axis]: value }))),
    [defaults]
  )

/** Compilers and resolutions are crossed: their product needs no further install. */
const star = () => {
  const lines = [["runtime"], ["pm"], ["effect"], ["typescript", "resolution"]]
  const cells = lines.flatMap((names) => product(Object.fromEntries(names.map((name) => [name, axes[name]]))))
  return [...new Map(cells.map((cell) => [JSON.stringify(cell), cell])).values()]
}

/** Reads `pm=yarn,berry`, and `node=20,22` as short for `runtime=node20,node22`. */
const parse = (filter) => {
  const [, axis, text] = /^(\w+)=(.+)$/.exec(filter) ?? []
  if (axis === undefined) throw new Error(`'${filter}' is no filter: write AXIS=VALUE, such as node=20 or pm=yarn`)
  if (axis !== "node") return [axis, choose(axis, text)]
  const nodes = axes.runtime.filter((name) => name.startsWith("node"))
  const named = text.split(",").map((version) => `node${version}`)
  return ["runtime", text === "all" ? nodes : choose("runtime", named.join(","))]
}

/** The cells for filters such as `["node=20", "pm=yarn"]`. */
export const cellsOf = (filters) => (filters.length === 0 ? star() : product(Object.fromEntries(filters.map(parse))))
