/**
 * Tracks the jobs that this client created recently. A replica may not know such a job yet, so a 404 means nothing
 * until the first successful poll, or the end of the grace period. Times are milliseconds of the monotonic clock.
 */
import type { JobsApi } from "../jobs/JobsApi.js"

interface Entry {
  /** The time from which a 404 counts. */
  readonly until: number
  isSeen: boolean
}

export interface Recent {
  /** Records a create. Keeps an existing entry of the job. */
  readonly created: (ref: JobsApi.JobRef, until: number, now: number) => void
  /** Records that a get or a list showed the job. */
  readonly saw: (ref: JobsApi.JobRef) => void
  /** Whether the job is within its grace period, so that its package may be unknown too. */
  readonly isYoung: (ref: JobsApi.JobRef, now: number) => boolean
  /** Whether the job itself may be unknown: within its grace period, and never seen. */
  readonly mayBeUnknown: (ref: JobsApi.JobRef, now: number) => boolean
}

/** The maximum number of entries. Beyond it, the oldest lose their grace period. */
const capacity = 10_000

const keyOf = ({ jobId, workflowId }: JobsApi.JobRef) => `${workflowId}/${jobId}`

export const make = (): Recent => {
  /** Entries in the order of the creates. */
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
