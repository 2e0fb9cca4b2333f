/**
 * The names that something thrown may be called by: its own, and those of its classes and of what
 * they extend. An error that came from another thread lists those that it had there in `classes`.
 */
export function classNames(thrown: unknown): readonly string[] {
  if (!(thrown instanceof Error)) return []
  const names = new Set([thrown.name])
  if ('classes' in thrown && Array.isArray(thrown.classes)) {
    for (const name of thrown.classes) names.add(String(name))
  }
  for (let proto = Object.getPrototypeOf(thrown); proto !== null; ) {
    if (proto === Object.prototype) break
    names.add(String(proto.constructor?.name))
    proto = Object.getPrototypeOf(proto)
  }
  return [...names]
}
