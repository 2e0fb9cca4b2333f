import { toMilliseconds } from '../../core/duration.ts'
import { isRecord, ownValue } from '../data.ts'
import type { Code } from '../declaration.ts'
import { quote } from '../diagnostic.ts'
import type { Finding } from '../finding.ts'
import { unknownTask } from '../finding.ts'
import { isDuration } from '../schema/values.ts'
import { checkActions, checkFunction, referenceName, referencePath } from './check-names.ts'
import type { Edge } from './edges.ts'
import { edgeTask } from './edges.ts'
import type { Outline, State } from './outline.ts'
import { checkTargets } from './targets.ts'

export function checkEdges(
  outline: Outline,
  edges: readonly Edge[],
  code: Code | undefined,
  tasks: ReadonlySet<string>,
): readonly Finding[] {
  return [
    ...edges.flatMap((edge) => [
      ...checkEvent(edge),
      ...checkTargets(outline, edge.source, edge.targets),
      ...checkTask(edge, tasks),
      ...checkGuard(edge, code),
      ...checkActions(ownValue(edge.config, 'actions'), [...edge.at, 'actions'], code),
    ]),
    ...[outline.root, ...outline.states].flatMap((state) => checkDelays(state, code)),
  ]
}

function checkEvent({ kind, event, at }: Edge): readonly Finding[] {
  if (kind !== 'on' || (event !== '' && !event.startsWith('xstate.'))) return []
  const message = `${quote(event)} cannot be the name of an event: XState keeps it for itself`
  return [{ rule: 'event-name', path: at, at: 'key', message }]
}

function checkTask(edge: Edge, tasks: ReadonlySet<string>): readonly Finding[] {
  const task = edgeTask(edge)
  if (task === undefined) return []
  const path = [...edge.at, 'meta', 'task']
  const findings: Finding[] = []
  if (!tasks.has(task)) {
    findings.push(unknownTask(path, task, tasks))
  }
  if (edge.kind !== 'on') {
    const message = `an edge under ${quote(edge.kind)} has no event that a plan could send`
    findings.push({ rule: 'edge-without-event', path, message })
  } else if (edge.event.includes('*')) {
    const message = `a plan cannot send ${quote(edge.event)}: an edge with a task needs one event`
    findings.push({ rule: 'edge-without-event', path, message })
  }
  if (isRecord(edge.config) && ownValue(edge.config, 'target') === undefined) {
    const message = 'an edge with a task has to lead somewhere'
    findings.push({ rule: 'edge-without-target', path: edge.at, at: 'key', message })
  }
  return findings
}

function checkGuard({ config, at }: Edge, code: Code | undefined): readonly Finding[] {
  const guard = ownValue(config, 'guard')
  const name = referenceName(guard)
  const path = referencePath(guard, [...at, 'guard'])
  return name === undefined ? [] : checkFunction('guard', name, path, code?.guards)
}

/** XState fires a delay that it does not know at once, without a word. */
function checkDelays({ config, at }: State, code: Code | undefined): readonly Finding[] {
  const after = ownValue(config, 'after')
  const seen = new Map<number, string>()
  return (isRecord(after) ? Object.keys(after) : []).flatMap((delay) => {
    const path = [...at, 'after', delay]
    const ms = delayMilliseconds(delay)
    if (ms === undefined) {
      if (code === undefined || code.delays.has(delay)) return []
      const message = `${quote(delay)} is no duration: use milliseconds or 250ms, 30s, 5m, 2h, 1d`
      return [{ rule: 'unknown-delay', path, at: 'key' as const, message }]
    }
    const first = seen.get(ms)
    seen.set(ms, delay)
    if (first === undefined) return []
    const message = `${quote(delay)} is as long as ${quote(first)}: put both into one list`
    return [{ rule: 'duplicate-delay', path, at: 'key' as const, message }]
  })
}

/** The delay of an `after` key in milliseconds; undefined when it is none. */
export function delayMilliseconds(delay: string): number | undefined {
  const written = /^\d+(\.\d+)?$/.test(delay) ? Number(delay) : delay
  return isDuration(written) ? toMilliseconds(written) : undefined
}
