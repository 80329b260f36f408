/** The version of this package, from its package.json. Written by `npm run version-packages`. */
export const version = "0.0.0"
