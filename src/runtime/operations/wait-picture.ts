import type { Reason, ReasonCode, WaitEdge } from './reason.ts'

const MOST_EDGES = 50

/** Codes whose `holder` is the id of a tasklet. */
const NAMES_TASKLET: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'dependency',
  'resource',
  'exclusive',
  'max-instances',
  'reserved',
  'state',
  'group-limit',
])

/** Who waits for whom, from a tasklet on and nearest first. Circles end where they close. */
export async function followWaits(
  id: string,
  reasons: readonly Reason[],
  reasonsOf: (id: string) => Promise<readonly Reason[]>,
): Promise<readonly WaitEdge[]> {
  const edges = [...edgesOf(id, reasons)]
  const followed = new Set([id])
  for (let at = 0; at < edges.length && edges.length < MOST_EDGES; at += 1) {
    const to = edges[at]?.to
    if (to === undefined || followed.has(to)) continue
    followed.add(to)
    edges.push(...edgesOf(to, await reasonsOf(to)))
  }
  return edges.slice(0, MOST_EDGES)
}

function edgesOf(from: string, reasons: readonly Reason[]): readonly WaitEdge[] {
  return reasons.flatMap(({ code, holder }) =>
    holder !== undefined && holder !== from && NAMES_TASKLET.has(code)
      ? [{ from, to: holder, because: code }]
      : [],
  )
}
