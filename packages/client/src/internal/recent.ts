/**
 * Tracks what this client created recently. A replica may not know it yet, so a 404 means nothing until the first
 * successful poll, or the end of the grace period. Times are milliseconds of the monotonic clock. A key names the kind,
 * the group and the id of a resource.
 */

interface Entry {
  /** The time from which a 404 counts. */
  readonly until: number
  isSeen: boolean
}

export interface Recent {
  /** Records a create. Keeps an existing entry. */
  readonly created: (key: string, until: number, now: number) => void
  /** Records what a get or a list showed. Makes no keys if nothing was created recently. */
  readonly saw: (keys: () => Iterable<string>) => void
  /** Whether it is within its grace period, so that its package may be unknown too. */
  readonly isYoung: (key: string, now: number) => boolean
  /** Whether it may be unknown itself: within its grace period, and never seen. */
  readonly mayBeUnknown: (key: string, now: number) => boolean
}

/** The maximum number of entries. Beyond it, the oldest lose their grace period. */
const capacity = 10_000

export const make = (): Recent => {
  /** Entries in the order of the creates. */
  const entries = new Map<string, Entry>()

  const young = (key: string, now: number) => {
    const entry = entries.get(key)
    return entry !== undefined && now < entry.until ? entry : undefined
  }

  const drop = (now: number) => {
    for (const [key, { until }] of entries) {
      if (until > now && entries.size < capacity) return
      entries.delete(key)
    }
  }

  return {
    created: (key, until, now) => {
      if (until <= now || young(key, now) !== undefined) return
      drop(now)
      entries.delete(key)
      entries.set(key, { until, isSeen: false })
    },
    saw: (keys) => {
      if (entries.size === 0) return
      for (const key of keys()) {
        const entry = entries.get(key)
        if (entry !== undefined) entry.isSeen = true
      }
    },
    isYoung: (key, now) => young(key, now) !== undefined,
    mayBeUnknown: (key, now) => young(key, now)?.isSeen === false
  }
}
