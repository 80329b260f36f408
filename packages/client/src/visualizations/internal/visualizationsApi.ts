/** The operations composed of those of visualizations. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { HttpError } from "../../HttpError.js"
import { PixxelNotFound } from "../../HttpError.js"
import { type Answer, callAll, callDated, type Dated } from "../../internal/call.js"
import type { Connection } from "../../internal/connection.js"
import { graceOf } from "../../internal/grace.js"
import { httpAdvice } from "../../internal/httpAdvice.js"
import { checkInput, type Difference, emptyOnes } from "../../internal/invalid.js"
import { checked } from "../../internal/service.js"
import * as span from "../../internal/span.js"
import { atStart } from "../../internal/subject.js"
import * as times from "../../internal/times.js"
import * as uniqueCreate from "../../internal/uniqueCreate.js"
import { make as makeWaits } from "../../internal/waits.js"
import { VisualizationSubject } from "../Subject.js"
import { Visualization, type VisualizationSummary } from "../Visualization.js"
import {
  type VisualizationCreateError,
  VisualizationFailed,
  type VisualizationWaitError
} from "../VisualizationError.js"
import type { VisualizationsApi } from "../VisualizationsApi.js"
import * as endpoints from "./endpoints.js"

/** Looks at a visualization in its list, since no operation gets one. */
const get = (http: Connection, { aoiId, visualizationId }: VisualizationsApi.VisualizationRef) =>
  Effect.flatMap(
    callDated(http, endpoints.listVisualizations, { aoiId, id: visualizationId }),
    (answer): Effect.Effect<Dated<VisualizationSummary>, HttpError> => {
      const found = answer.value.items.find(({ id }) => id === visualizationId)
      return found === undefined ? Effect.fail(missing(answer, visualizationId)) : Effect.succeed(answer.with(found))
    }
  )

const missing = ({ head: { status } }: Answer<unknown>, id: string) => {
  const { method, name, operation, route } = endpoints.listVisualizations.call
  const message = `${name} was answered ${status} without the visualization ${id}. ${httpAdvice.PixxelNotFound}`
  return new PixxelNotFound({ operation, method, route, attempts: [], status, message })
}

const waitsOf = (http: Connection) =>
  makeWaits(http, {
    subjectOf: ({ aoiId, visualizationId }: VisualizationsApi.VisualizationRef) =>
      VisualizationSubject.make({ aoiId, visualizationId }),
    get: (ref) => get(http, ref),
    appearance: ({ progress, status }: VisualizationSummary) => JSON.stringify([status, progress]),
    failed: (subject, it, { text }) => {
      const status = Option.match(it.status, { onNone: () => "", onSome: text })
      const message = `${atStart(subject)} ended as ${status}: no reason given. Check its assets, and create another.`
      return new VisualizationFailed({ subject, status, message })
    }
  })

const differences = ({ assetIds }: VisualizationsApi.CreateInput): ReadonlyArray<Difference> =>
  assetIds === undefined
    ? []
    : new Set(assetIds).size < assetIds.length
      ? [{ path: "assetIds", found: "a list with an id twice", expected: "each id once" }]
      : emptyOnes({ assetIds })

/** The difference of a date that is no calendar day. */
const differencesOfDay = (path: string, date: string): ReadonlyArray<Difference> =>
  /^\d{4}([-_])\d{2}\1\d{2}$/.test(date) && times.millisOf(date) !== undefined
    ? []
    : [{ path, found: "no day", expected: "a calendar day such as 2025-06-14" }]

export const png = checked(endpoints.generatePng, ({ date }) => differencesOfDay("date", date))

const differencesOfDays = (dates: ReadonlyArray<string>) =>
  dates.flatMap((date, index) => differencesOfDay(`dates[${index}]`, date))

export const sld = checked(endpoints.generateSld, ({ dates, modes }) => [
  ...emptyOnes({ dates, modes }),
  ...differencesOfDays(dates)
])

export const create =
  (http: Connection) =>
  (input: VisualizationsApi.CreateInput): Effect.Effect<Visualization, VisualizationCreateError> =>
    Effect.gen(function* () {
      const { aoiId, indexId } = input
      yield* checkInput(endpoints.createVisualization, differences(input))
      const found = callAll(http, endpoints.listVisualizations, { aoiId, indexId }).pipe(
        Stream.filter((it) => Option.contains(it.indexId, indexId)),
        Stream.map((it) => new Visualization({ ...it }))
      )
      const made = yield* uniqueCreate.create(http, endpoints.createVisualization, input, {
        target: { _tag: "Visualization", aoiId, indexId },
        find: Effect.map(Stream.runCollect(found), Chunk.toReadonlyArray),
        // a list shows no assets: the only new one of the index is the one that was sent
        equals: () => true
      })
      const waits = yield* waitsOf(http)
      yield* waits.record({ aoiId, visualizationId: made.id }, graceOf({}))
      return made
    })

export const wait =
  (http: Connection) =>
  (input: VisualizationsApi.WaitInput): Effect.Effect<VisualizationSummary, VisualizationWaitError> =>
    Effect.flatMap(waitsOf(http), (waits) => waits.wait(input, input)).pipe(span.within("VisualizationsApi.wait"))
