/** Filters of a search that its collections do not know. */
import type { SearchApi } from "../SearchApi.js"

/**
 * One sentence for each filter that is no queryable of a collection. A collection of unknown queryables is not judged,
 * also one that the server lists without any.
 */
export const unknownFilters = ({
  filters = {},
  satellites
}: Pick<SearchApi.SearchInput, "filters" | "satellites">): ReadonlyArray<string> => {
  const sentences = satellites.flatMap(({ collectionId, queryables = [] }) =>
    Object.keys(filters).flatMap((filter) =>
      queryables.length === 0 || queryables.includes(filter)
        ? []
        : [
            `The filter ${filter} is no queryable of the collection ${collectionId}, which has ${queryables.join(", ")}: the server may refuse or ignore it.`
          ]
    )
  )
  return [...new Set(sentences)]
}
