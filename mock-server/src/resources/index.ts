/** The resources of the mock. All that is made of them follows from this list. */
import { aois } from "./aois/index.js"
import { archives } from "./archives/index.js"
import { assets } from "./assets/index.js"
import { blocks } from "./blocks/index.js"
import { catalog } from "./catalog/index.js"
import { indices } from "./indices/index.js"
import { insights } from "./insights/index.js"
import { jobs } from "./jobs/index.js"
import { orders } from "./orders/index.js"
import { ping } from "./ping/index.js"
import { projects } from "./projects/index.js"
import type { Resource } from "./Resource.js"
import { search } from "./search/index.js"
import { stores } from "./stores/index.js"
import { visualizations } from "./visualizations/index.js"
import { workflows } from "./workflows/index.js"

export const resources = [
  ping,
  workflows,
  jobs,
  projects,
  stores,
  orders,
  catalog,
  aois,
  assets,
  indices,
  visualizations,
  search,
  archives,
  blocks,
  insights
] as const satisfies ReadonlyArray<Resource>
