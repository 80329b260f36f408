/**
 * The jobs that this client has created a moment ago. A replica may not know such a job yet, so that a 404 says nothing
 * until the job was seen once, or its grace period has passed. Times are milliseconds of the monotonic clock.
 */
import type { JobsApi } from "../JobsApi.js"

interface Entry {
  /** When a 404 begins to count. */
  readonly until: number
  isSeen: boolean
}

export interface Recent {
  /** Records a create. What is known of the job already stays. */
  readonly created: (ref: JobsApi.JobRef, until: number, now: number) => void
  /** Records that a get or a list has shown the job. */
  readonly saw: (ref: JobsApi.JobRef) => void
  /** Whether the grace period of the job goes on, so that what belongs to the job may be unknown too. */
  readonly isYoung: (ref: JobsApi.JobRef, now: number) => boolean
  /** Whether the job itself may be unknown: its grace period goes on, and it was not seen. */
  readonly mayBeUnknown: (ref: JobsApi.JobRef, now: number) => boolean
}

/** Creates of one grace period, at most. More of them, and the oldest lose theirs. */
const capacity = 10_000

const keyOf = ({ jobId, workflowId }: JobsApi.JobRef) => `${workflowId}/${jobId}`

export const make = (): Recent => {
  /** In the order of the creates. */
  const entries = new Map<string, Entry>()

  const young = (ref: JobsApi.JobRef, now: number) => {
    const entry = entries.get(keyOf(ref))
    return entry !== undefined && now < entry.until ? entry : undefined
  }

  const drop = (now: number) => {
    for (const [key, { until }] of entries) {
      if (until > now && entries.size < capacity) return
      entries.delete(key)
    }
  }

  return {
    created: (ref, until, now) => {
      if (until <= now || young(ref, now) !== undefined) return
      drop(now)
      entries.delete(keyOf(ref))
      entries.set(keyOf(ref), { until, isSeen: false })
    },
    saw: (ref) => {
      if (entries.size === 0) return
      const entry = entries.get(keyOf(ref))
      if (entry !== undefined) entry.isSeen = true
    },
    isYoung: (ref, now) => young(ref, now) !== undefined,
    mayBeUnknown: (ref, now) => young(ref, now)?.isSeen === false
  }
}
