/** The path of a folder without the slashes at its ends, for comparisons. */
export const folder = (path = ""): string => path.replace(/^\/+|\/+$/g, "")
