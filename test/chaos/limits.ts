import type { WitnessLine } from './witness.ts'
import {
  CAPACITIES,
  CONCURRENCY,
  isMove,
  type Kind,
  NEEDS,
  REQUIRES,
  type Resource,
} from './work.ts'

interface Open {
  readonly id: string
  readonly kind: Kind
  readonly pid: number
}

export interface BrokenLimits {
  readonly concurrency: readonly string[]
  readonly resources: readonly string[]
  readonly world: readonly string[]
}

/** Walks the witness with the set of handlers that run, and looks at it at every start and end. */
export function brokenLimits(witness: readonly WitnessLine[]): BrokenLimits {
  const open = new Map<string, Open>()
  const broken = { concurrency: [] as string[], resources: [] as string[], world: [] as string[] }
  for (const line of witness) {
    if (line.what === 'start' || line.what === 'end') {
      open.set(keyOf(line), line)
      broken.world.push(...strayed(line, [...open.values()]))
      broken.concurrency.push(...crowded(open, line.pid))
      broken.resources.push(...exhausted(open))
    }
    if (line.what === 'end' || line.what === 'threw') open.delete(keyOf(line))
    if (line.what === 'dead') closeAll(open, line.pid)
  }
  return broken
}

function keyOf({ id, kind, pid }: Open): string {
  return `${id} ${kind} ${pid}`
}

/** The handlers of a dead process have ended with it. */
function closeAll(open: Map<string, Open>, pid: number): void {
  for (const [key, one] of open) if (one.pid === pid) open.delete(key)
}

/** Each process has slots of its own; everything else is shared by all of them. */
function crowded(open: ReadonlyMap<string, Open>, pid: number): readonly string[] {
  // A transition task runs under the slot of the tasklet that it prepares.
  const running = [...open.values()].filter((one) => one.pid === pid && !isMove(one.kind))
  return running.length > CONCURRENCY ? [`${running.length} ran at once in process ${pid}`] : []
}

function exhausted(open: ReadonlyMap<string, Open>): readonly string[] {
  return (Object.keys(CAPACITIES) as Resource[]).flatMap((resource) => {
    let units = 0
    for (const { kind } of open.values()) units += NEEDS[kind]?.[resource] ?? 0
    return units > CAPACITIES[resource] ? [`${units} units of ${resource} were in use`] : []
  })
}

/** The world must be in the required state, and nobody may move it meanwhile. */
function strayed(
  { id, kind, world }: Open & { readonly world: string },
  open: readonly Open[],
): readonly string[] {
  const required = REQUIRES[kind]
  if (required !== undefined && world !== required) return [`${id} (${kind}) saw ${world}`]
  if (!isMove(kind)) return []
  const disturbed = open.filter((other) => other.id !== id && REQUIRES[other.kind] !== undefined)
  return disturbed.map((other) => `${id} (${kind}) moved the world under ${other.id}`)
}
