/** The limit of a page without one: the default of the API is 2 (documented). */
export const limit = 50
