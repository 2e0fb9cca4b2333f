import { z } from 'zod'

/** Switches rules of lint by name: `off`, `warn` (as they are), or `error`, which refuses the plan. */
export const LintSchema = z.record(z.string(), z.enum(['off', 'warn', 'error']))

export type LintSettings = z.input<typeof LintSchema>
