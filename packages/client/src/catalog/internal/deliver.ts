/**
 * Creates deliveries without copying files twice: the request leaves once. After a lost answer, the deliveries that the
 * lists show since, with these entries, stores and folders, are its result.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import { CreateOutcomeUnknown } from "../../CreateError.js"
import { DeliveryId } from "../../Ids.js"
import type { Difference } from "../../InputError.js"
import { callDated, callOnce } from "../../internal/call.js"
import type { Connection } from "../../internal/connection.js"
import { candidateOf, make as errorsOf } from "../../internal/createErrors.js"
import * as elapsed from "../../internal/elapsed.js"
import { folder } from "../../internal/folder.js"
import { graceOf } from "../../internal/grace.js"
import * as Intent from "../../internal/intent.js"
import { badIds, checkInput, differ, emptyOnes, given } from "../../internal/invalid.js"
import * as looking from "../../internal/looking.js"
import * as orphan from "../../internal/orphan.js"
import * as redact from "../../internal/redact.js"
import * as span from "../../internal/span.js"
import type { CatalogApi } from "../CatalogApi.js"
import { type DeliverError, DeliveryUnderWay } from "../CatalogError.js"
import type { Delivery } from "../Delivery.js"
import { DeliveryTarget } from "../Subject.js"
import * as endpoints from "./endpoints.js"
import { listsOf } from "./source.js"

// --- input ---

/** The differences of the ids of entries or order items: exactly one kind, and at least one. */
export const differencesOf = (contents: CatalogApi.Contents, at = ""): ReadonlyArray<Difference> => {
  const { catalogIds, orderItemIds }: Partial<CatalogApi.Contents> = contents
  if ((catalogIds === undefined) === (orderItemIds === undefined)) {
    const found = catalogIds === undefined ? "without ids" : "with both kinds of ids"
    return [differ(at || "the input", found, "either catalogIds or orderItemIds")]
  }
  const prefix = at === "" ? "" : `${at}.`
  return badIds(given({ [`${prefix}catalogIds`]: catalogIds, [`${prefix}orderItemIds`]: orderItemIds }))
}

const differences = ({ deliveries }: CatalogApi.DeliverInput) => [
  ...emptyOnes({ deliveries }),
  ...deliveries.flatMap((it, nth) => [
    ...differencesOf(it, `deliveries[${nth}]`),
    ...emptyOnes({ [`deliveries[${nth}].store`]: it.store })
  ])
]

const sentOf = (delivery: CatalogApi.DeliveryInput) => {
  const { catalogIds, orderItemIds } = listsOf(delivery)
  const { path, store } = delivery
  return {
    catalog_ids: catalogIds,
    order_item_ids: orderItemIds,
    cloud_info: { config: store, ...(path !== undefined && { path }) }
  }
}

const targetOf = ({ deliveries }: CatalogApi.DeliverInput) => {
  const joined = (of: (it: CatalogApi.DeliveryInput) => ReadonlyArray<string>) =>
    [...new Set(deliveries.flatMap(of))].join(",")
  return DeliveryTarget.make({
    catalogIds: joined(({ catalogIds = [] }) => catalogIds),
    orderItemIds: joined(({ orderItemIds = [] }) => orderItemIds),
    storeIds: joined(({ store }) => [store])
  })
}

// --- looks ---

/** The deliveries of one id of the input. */
interface Wanted {
  readonly list: CatalogApi.DeliveriesInput
  /** Whether it is one delivery: that of an entry. An order item has any number of entries. */
  readonly isOne: boolean
  readonly store: string
  readonly folder: string
}

const wantedOf = ({ deliveries }: CatalogApi.DeliverInput): ReadonlyArray<Wanted> =>
  deliveries.flatMap((it) => {
    const { catalogIds, orderItemIds } = listsOf(it)
    const place = { store: it.store, folder: folder(it.path) }
    return [
      ...catalogIds.map((catalogId) => ({ list: { catalogId }, isOne: true, ...place })),
      ...orderItemIds.map((orderItemId) => ({ list: { orderItemId }, isOne: false, ...place }))
    ]
  })

const keyOf = ({ list }: Wanted) => JSON.stringify(list)

/** Lists the deliveries of each id, each list once. */
const look = (http: Connection, wanted: ReadonlyArray<Wanted>) =>
  Effect.gen(function* () {
    const lists = new Map<string, ReadonlyArray<Delivery>>()
    let unreadable = 0
    let date = Option.none<number>()
    for (const it of wanted) {
      if (lists.has(keyOf(it))) continue
      const answer = yield* callDated(http, endpoints.listDeliveries, it.list)
      lists.set(keyOf(it), answer.value.items)
      unreadable += answer.value.unreadable
      date = answer.date
    }
    return { lists, items: [...lists.values()].flat(), unreadable, date, at: yield* elapsed.now }
  })

type Look = Effect.Effect.Success<ReturnType<typeof look>>

const isAt = ({ cloudDelivery }: Delivery, wanted: Wanted): boolean =>
  Option.exists(
    cloudDelivery,
    ({ path, storeId }) =>
      Option.contains(storeId, wanted.store) && folder(Option.getOrUndefined(path)) === wanted.folder
  )

/** The new deliveries by hand of an input, and whether they are all of it and nothing else. */
const find = (wanted: ReadonlyArray<Wanted>, { lists }: Look, before: ReadonlySet<string>) => {
  const parts = wanted.map((it) => {
    const fresh = (lists.get(keyOf(it)) ?? []).filter(({ id, isAutomatic }) => !before.has(id) && !isAutomatic)
    const own = fresh.filter((delivery) => isAt(delivery, it))
    const entries = new Set(own.map(({ catalogId }) => Option.getOrElse(catalogId, () => "")))
    const isWhole = own.length > 0 && entries.size === own.length
    // one elsewhere, or at an unknown place, is of another writer, or of this one
    return { fresh, own, isWhole: isWhole && fresh.every((delivery) => Option.isSome(delivery.cloudDelivery)) }
  })
  const unique = (of: (part: (typeof parts)[number]) => ReadonlyArray<Delivery>) => [
    ...new Map(parts.flatMap(of).map((it) => [it.id, it])).values()
  ]
  return {
    own: unique(({ own }) => own),
    candidates: unique(({ fresh }) => fresh),
    isWhole: parts.every(({ isWhole }) => isWhole)
  }
}

/** Looks until all deliveries are there; for order items, whose number of entries is unknown, until the grace ends. */
const appearing = (http: Connection, wanted: ReadonlyArray<Wanted>, before: ReadonlySet<string>) =>
  looking.until(
    Effect.either(Effect.map(look(http, wanted), (it) => find(wanted, it, before))),
    (outcome) => Either.isRight(outcome) && outcome.right.isWhole && wanted.every(({ isOne }) => isOne),
    graceOf({})
  )

// --- the call ---

const errors = errorsOf<DeliveryTarget>({
  call: endpoints.createDelivery.call,
  // the cloud of a store charges for its traffic
  words: { noun: "delivery", nouns: "deliveries", payer: "store", place: ({ storeIds }) => `store ${storeIds}` }
})

/** The deliveries that are under way to the stores of an input, or to unknown ones. */
const openIn = (wanted: ReadonlyArray<Wanted>, { lists }: Look): ReadonlyArray<Delivery> =>
  wanted.flatMap((it) =>
    (lists.get(keyOf(it)) ?? []).filter(({ cloudDelivery, outcome }) => {
      const stores = Option.toArray(Option.flatMap(cloudDelivery, ({ storeId }) => storeId))
      return outcome === "pending" && stores.every((id) => id === it.store)
    })
  )

/** Sends the request, and settles its outcome. `first` is the look before it. */
const send = (
  http: Connection,
  input: CatalogApi.DeliverInput,
  target: DeliveryTarget,
  wanted: ReadonlyArray<Wanted>,
  first: Look
): Effect.Effect<ReadonlyArray<Delivery>, DeliverError> =>
  Effect.gen(function* () {
    const before = new Set<string>(first.items.map(({ id }) => id))
    const now = yield* elapsed.now
    const record = { target, isMarked: false, grace: graceOf({}), baseline: Option.some(first), now }
    const intent = yield* Intent.sent(http, record)
    const sent = yield* Effect.either(
      callOnce(http, endpoints.createDelivery, { deliveries: input.deliveries.map(sentOf) }, identity)
    )
    if (sent._tag === "Right" && sent.right.items.length > 0) return sent.right.items
    const error =
      sent._tag === "Right"
        ? errors.unrecorded(intent, "The answer named no delivery.")
        : errors.ofCreate(intent)(sent.left)
    if (!(error instanceof CreateOutcomeUnknown)) return yield* error

    const scrub = yield* redact.now(http.auth)
    const lost = Intent.lasting(intent, (yield* elapsed.now) - now)
    if (sent._tag === "Left" && sent.left._tag === "PixxelConflict") {
      const failure = sent.left
      const later = yield* Effect.mapError(look(http, wanted), () => failure)
      const open = openIn(wanted, later)
      if (open.length === 0) return yield* failure
      const deliveryIds = [...new Set(open.map(({ id }) => DeliveryId.make(scrub.id(id))))]
      const message = `No delivery was created: ${deliveryIds.join(", ")} ${deliveryIds.length === 1 ? "is" : "are"} under way. Wait for it with CatalogApi.waitForDelivery.`
      return yield* new DeliveryUnderWay({ target, deliveryIds, failure, message })
    }
    const found = yield* appearing(http, wanted, before)
    if (found._tag === "Left") return yield* errors.lookedInto(error, lost, [], found.left.message)
    const { candidates, isWhole, own } = found.right
    if (!isWhole) {
      const why = candidates.length === 0 ? "No new one was listed since." : "The new ones are not exactly its own."
      return yield* errors.lookedInto(error, lost, candidates.map(candidateOf(scrub)), why)
    }
    const ids = own.map(({ id }) => scrub.id(id)).join(", ")
    yield* Effect.logInfo(`The answer of a create was lost. Adopted its deliveries ${ids}.`)
    return own
  })

/** Logs the deliveries that an interrupted caller created, or may have created. */
const logOrphans = (http: Connection, { storeIds }: DeliveryTarget) => {
  const request = `A create for store ${storeIds}`
  return orphan.reporting(
    request,
    "a delivery may have been created",
    [CreateOutcomeUnknown],
    (made: ReadonlyArray<Delivery>) =>
      Effect.flatMap(redact.now(http.auth), ({ id }) =>
        orphan.log(request, `It created ${made.map((it) => id(it.id)).join(", ")}.`)
      )
  )
}

export const deliver = (
  http: Connection,
  input: CatalogApi.DeliverInput
): Effect.Effect<ReadonlyArray<Delivery>, DeliverError> =>
  Effect.gen(function* () {
    yield* checkInput(endpoints.createDelivery, differences(input))
    const [target, wanted] = [targetOf(input), wantedOf(input)]
    const first = yield* Effect.mapError(look(http, wanted), errors.ofPreparation("deliveries", target))
    return yield* orphan.untilAnswered(send(http, input, target, wanted, first), logOrphans(http, target))
  }).pipe(span.within("CatalogApi.deliver"))
