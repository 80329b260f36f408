/**
 * Tracks what this client created recently. A replica may not know it yet, so a 404 means nothing until the first
 * successful poll, or the end of the grace period. Times are milliseconds of the monotonic clock. A key names the kind,
 * the group and the id of a resource.
 */

/** The maximum number of entries. Beyond it, the oldest lose their grace period. */
const capacity = 10_000

export type Recent = ReturnType<typeof make>

export const make = () => {
  /** Entries in the order of the creates, each with the time from which a 404 counts. */
  const entries = new Map<string, { readonly until: number; isSeen: boolean }>()

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
    /** Records a create. Keeps an existing entry. */
    created: (key: string, until: number, now: number) => {
      if (until <= now || young(key, now) !== undefined) return
      drop(now)
      entries.delete(key)
      entries.set(key, { until, isSeen: false })
    },
    /** Records what a get or a list showed. Makes no keys if nothing was created recently. */
    saw: (keys: () => Iterable<string>) => {
      if (entries.size === 0) return
      for (const key of keys()) {
        const entry = entries.get(key)
        if (entry !== undefined) entry.isSeen = true
      }
    },
    /** Whether it is within its grace period, so that its package may be unknown too. */
    isYoung: (key: string, now: number) => young(key, now) !== undefined,
    /** Whether it may be unknown itself: within its grace period, and never seen. */
    mayBeUnknown: (key: string, now: number) => young(key, now)?.isSeen === false
  }
}
