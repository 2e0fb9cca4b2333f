import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '../../src/http.ts'

/** Milliseconds between two looks. */
const INTERVAL = 40
const UNSETTLED = ['blocked', 'scheduled', 'pending', 'running', 'retrying'] as const

export interface Run {
  readonly id: string
  readonly task: string
  readonly input: unknown
  readonly status: string
  /** The members that were seen at it, in that order. */
  readonly members: readonly string[]
}

/**
 * Looks at the tasklets until all of them are settled, and tells when somebody begins with one.
 * `names`: what the members are called, by pid. What begins and ends between two looks is not seen.
 */
export async function followToTheEnd(
  client: Client,
  names: ReadonlyMap<number, string>,
  tell: (line: string) => void,
): Promise<readonly Run[]> {
  const seen = new Map<string, string[]>()
  for (;;) {
    const { items } = await client.tasks.list({ status: [...UNSETTLED], limit: 500 })
    for (const { id, plan, task, lease, input } of items) {
      const owner = lease?.owner
      if (owner === undefined) continue
      const name = names.get(Number(owner.split('/')[1])) ?? owner
      const members = seen.get(id) ?? []
      if (members.at(-1) === name) continue
      seen.set(id, [...members, name])
      tell(`${name.padEnd(10)} ${plan}/${task} ${JSON.stringify(input)}`)
    }
    if (items.length === 0) break
    await pause(INTERVAL)
  }
  const { items } = await client.tasks.list({ limit: 500 })
  return items.toReversed().map(({ id, plan, task, input, status }) => ({
    ...{ id, input, status },
    task: `${plan}/${task}`,
    members: seen.get(id) ?? [],
  }))
}

/** A line for each, and one for each member. */
export function formatRuns(runs: readonly Run[]): string {
  const counts = new Map<string, number>()
  const lines = runs.map(({ task, input, status, members }) => {
    for (const member of new Set(members)) counts.set(member, (counts.get(member) ?? 0) + 1)
    const by = members.length === 0 ? 'too quick to be seen' : members.join(', then ')
    return `${status.padEnd(10)} ${task} ${JSON.stringify(input ?? null)}  (${by})`
  })
  const shares = [...counts].sort().map(([member, count]) => `${member}: ${count}`)
  return [...lines, '', `seen at work: ${shares.join(', ')}`].join('\n')
}
