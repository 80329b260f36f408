/**
 * The axes of the matrix, and the cells that are run. Without a filter each axis is run whole, against the defaults of
 * the others; filters run the whole product of the axes that they name: `runtime=all pm=yarn,berry`.
 */

/** The values of each axis; the first one is its default. */
export const axes = {
  runtime: ["node20", "node22", "node24", "node26", "bun", "deno"],
  pm: ["npm", "pnpm", "yarn", "berry", "pnp"],
  typescript: ["5.9", "5.7", "5.8", "6", "7"],
  resolution: ["nodenext", "node16", "bundler"],
  effect: ["newest", "floor"]
}

const valuesOf = (axis, text) => {
  if (!(axis in axes)) throw new Error(`There is no axis '${axis}': choose from ${Object.keys(axes).join(", ")}`)
  if (text === "all") return axes[axis]
  return text.split(",").map((value) => {
    // `node=20` is short for `runtime=node20`
    if (!axes[axis].includes(value)) {
      throw new Error(`There is no ${axis} '${value}': choose from ${axes[axis].join(", ")}, all`)
    }
    return value
  })
}

const defaults = Object.fromEntries(Object.entries(axes).map(([axis, [first]]) => [axis, first]))

const product = (chosen) =>
  Object.entries(chosen).reduce(
    (cells, [axis, values]) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [axis]: value }))),
    [defaults]
  )

/** The compilers and the resolutions belong together: their product takes no further install. */
const star = () => {
  const lines = [["runtime"], ["pm"], ["effect"], ["typescript", "resolution"]]
  const cells = lines.flatMap((names) => product(Object.fromEntries(names.map((name) => [name, axes[name]]))))
  return [...new Map(cells.map((cell) => [JSON.stringify(cell), cell])).values()]
}

/** The cells for these filters: `["node=20", "pm=yarn"]`. */
export const cellsOf = (filters) => {
  if (filters.length === 0) return star()
  const chosen = filters.map((filter) => {
    const [, axis, text] = /^(\w+)=(.+)$/.exec(filter) ?? []
    if (axis === undefined) throw new Error(`'${filter}' is no filter: write AXIS=VALUE, such as node=20 or pm=yarn`)
    if (axis !== "node") return [axis, valuesOf(axis, text)]
    const runtimes = text === "all" ? axes.runtime.filter((name) => name.startsWith("node")) : undefined
    return [
      "runtime",
      runtimes ??
        valuesOf(
          "runtime",
          text
            .split(",")
            .map((version) => `node${version}`)
            .join(",")
        )
    ]
  })
  return product(Object.fromEntries(chosen))
}
