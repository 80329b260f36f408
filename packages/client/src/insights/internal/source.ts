/** The packages of insights. */
import { callDated } from "../../internal/call.js"
import { requested, type Source } from "../../internal/packages.js"
import type { InsightPackage } from "../InsightPackage.js"
import type { InsightsApi } from "../InsightsApi.js"
import { InsightSelection, type InsightSubject } from "../Subject.js"
import { downloadInsights } from "./endpoints.js"
import { subjectOf } from "./waits.js"

/** Another selection may be another package (inferred), so it is a part of the subject. */
const partOf = (ref: InsightsApi.PackageRef): InsightSubject | InsightSelection => {
  const { aoiId, inputs, insightId, outputs } = ref
  if (inputs === undefined && outputs === undefined) return subjectOf(ref)
  const all = "*"
  return InsightSelection.make({
    aoiId,
    inputs: inputs?.join(",") ?? all,
    outputs: outputs?.join(",") ?? all,
    insightId
  })
}

export const packageOf = <S extends InsightSubject | InsightSelection>(
  ref: InsightsApi.PackageRef,
  subject: S
): Source<S, InsightPackage> => ({
  subject,
  format: "unknown",
  ask: requested(subjectOf(ref), (http) => callDated(http, downloadInsights, ref)),
  advice: "Check the insight, and request the package again later.",
  done: "The insight is done and billed."
})

export const source = (ref: InsightsApi.PackageRef): Source<InsightSubject | InsightSelection, InsightPackage> =>
  packageOf(ref, partOf(ref))
