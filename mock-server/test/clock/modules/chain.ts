/** Imported by a program on its way, which imports another one on its way. */
export const next = () => import("./three.js")
