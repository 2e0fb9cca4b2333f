import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** An entry of `tickets.json`, which `setpoint submit --batch` reads as well. */
export interface TicketEntry {
  readonly key: string
  readonly task: string
  readonly input: { readonly ticket: string; readonly title: string }
  /** Keys of entries before it. */
  readonly dependsOn?: readonly string[]
}

export type TicketEnd =
  | { readonly ended: 'merged'; readonly commit: string }
  /** There was nothing left to change. */
  | { readonly ended: 'unchanged' }
  /** It stands in the dead letters. */
  | { readonly ended: 'failed'; readonly kind: string; readonly message: string }

export interface DayReport {
  readonly merged: number
  readonly failed: number
  readonly tickets: Readonly<Record<string, TicketEnd>>
}

export async function readTickets(plan: string): Promise<readonly TicketEntry[]> {
  return JSON.parse(await readFile(join(plan, 'tickets.json'), 'utf8')) as TicketEntry[]
}

/** What a ticket's output, or the error it ended with, says of it. */
export function toEnd(outcome: PromiseSettledResult<unknown>): TicketEnd {
  if (outcome.status === 'fulfilled') {
    const { commit } = outcome.value as { readonly commit: string | null }
    return commit === null ? { ended: 'unchanged' } : { ended: 'merged', commit }
  }
  const { kind = 'error', message } = outcome.reason as Error & { readonly kind?: string }
  return { ended: 'failed', kind, message }
}

export function toReport(ends: ReadonlyMap<string, TicketEnd>): DayReport {
  const count = (ended: TicketEnd['ended']) =>
    [...ends.values()].filter((end) => end.ended === ended).length
  return { merged: count('merged'), failed: count('failed'), tickets: Object.fromEntries(ends) }
}
