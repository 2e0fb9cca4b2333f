import { InputError } from './errors.ts'
import { EVENT_PATTERN } from './event-names.ts'

/**
 * Whole names that a pattern stands for: `*` is one segment, `**` any number of them, at the end at
 * least one; every other character is itself.
 */
export function toRegExp(pattern: string): RegExp {
  const segments = pattern.split('.').filter(isFirstOfItsKind)
  const source = segments.map((segment, index) => {
    const isLast = index === segments.length - 1
    if (segment === '**') return isLast ? '.+' : '(?:[^.]+\\.)*'
    const text = segment.replace(/[\\^$+?()[\]{}|]/g, '\\$&').replaceAll('*', '[^.]+')
    return isLast ? text : `${text}\\.`
  })
  return new RegExp(`^${source.join('')}$`)
}

/** @throws {InputError} for what no event could ever match. */
export function requirePattern(pattern: unknown): void {
  if (typeof pattern === 'string' && EVENT_PATTERN.test(pattern)) return
  const shown = typeof pattern === 'string' ? JSON.stringify(pattern) : typeof pattern
  throw new InputError(
    `${shown} matches no event: write names like "order.paid", with "*" for one word and "**" for any number`,
  )
}

/** Several `**` in a row say what one says, and would cost much more to match. */
function isFirstOfItsKind(segment: string, index: number, segments: readonly string[]): boolean {
  return segment !== '**' || segments[index - 1] !== '**'
}
