/** Makes a function that computes its result once for each argument, as long as the argument lives. */
export const memoized = <Key extends object, Value extends {}>(compute: (key: Key) => Value): ((key: Key) => Value) => {
  const known = new WeakMap<Key, Value>()
  return (key) => {
    const value = known.get(key) ?? compute(key)
    known.set(key, value)
    return value
  }
}
