import type { z } from 'zod'

/** What a schema says against a value, each mistake with its place in the value. */
export function problemsOf({ issues }: Pick<z.core.$ZodError, 'issues'>): string {
  return issues.map(describeIssue).join('; ')
}

export function describeIssue({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`
}
