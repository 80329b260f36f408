/** Imported at run time; imports another module at run time. */
export const next = () => import("./three.js")
