/** The first of the pending tasklets that share queue, task and group. */
export interface Head {
  /** The full name. */
  readonly task: string
  /** The effective priority. */
  readonly priority: number
  /** Its place among equals: the sequence, unless somebody moved it. */
  readonly rank: number
  /** When the group was last served in this queue, in any growing count; 0: never. */
  readonly turn: number
}

/**
 * The head that runs next. Between tasks the oldest decides; the groups of the task that it falls
 * to take turns.
 */
export function firstToRun<H extends Head>(heads: readonly H[]): H | undefined {
  let oldest = heads[0]
  for (const head of heads) if (oldest !== undefined && isBefore(head, oldest)) oldest = head
  if (oldest === undefined || heads.length === 1) return oldest
  let next = oldest
  for (const head of heads) {
    if (head.priority !== oldest.priority || head.task !== oldest.task) continue
    if (head.turn < next.turn || (head.turn === next.turn && head.rank < next.rank)) next = head
  }
  return next
}

function isBefore(one: Head, other: Head): boolean {
  return one.priority === other.priority ? one.rank < other.rank : one.priority < other.priority
}
