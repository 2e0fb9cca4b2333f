import { entriesOf, isRecord, listOf, ownValue } from '../data.ts'
import type { Path } from '../finding.ts'
import type { Outline, State } from './outline.ts'
import type { Target } from './targets.ts'
import { toTargets } from './targets.ts'

/** One transition as it was written. */
export interface Edge {
  readonly source: State
  readonly kind: 'on' | 'after' | 'always' | 'onDone'
  /** The event, or the delay of `after`; empty for the others. */
  readonly event: string
  /** Where it stands in the plan's value. */
  readonly at: Path
  /** The transition's own map; empty for the short form that is only a target. */
  readonly config: unknown
  readonly targets: readonly Target[]
}

export function collectEdges(outline: Outline): readonly Edge[] {
  return [outline.root, ...outline.states].flatMap((state) => edgesOf(outline, state))
}

function edgesOf(outline: Outline, source: State): readonly Edge[] {
  const keyed = (['on', 'after'] as const).flatMap((kind) =>
    entriesOf(ownValue(source.config, kind)).flatMap(([event, written]) =>
      toEdges(outline, { source, kind, event }, written, [...source.at, kind, event]),
    ),
  )
  const plain = (['always', 'onDone'] as const).flatMap((kind) =>
    toEdges(outline, { source, kind, event: '' }, ownValue(source.config, kind), [
      ...source.at,
      kind,
    ]),
  )
  return [...keyed, ...plain]
}

function toEdges(
  outline: Outline,
  origin: Pick<Edge, 'source' | 'kind' | 'event'>,
  written: unknown,
  at: Path,
): readonly Edge[] {
  return listOf(written).map((config, index) => {
    const own = Array.isArray(written) ? [...at, index] : at
    const target = isRecord(config) ? ownValue(config, 'target') : config
    const targetAt = isRecord(config) ? [...own, 'target'] : own
    return {
      ...origin,
      at: own,
      config,
      targets: toTargets(outline, origin.source, target, targetAt),
    }
  })
}

/** The transition task that an edge names, whether or not there is one of that name. */
export function edgeTask(edge: Edge): string | undefined {
  const task = ownValue(ownValue(edge.config, 'meta'), 'task')
  return typeof task === 'string' ? task : undefined
}
