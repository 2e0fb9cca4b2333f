import { ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Finding, Path } from '../finding.ts'

/** What a step may do; every step does one of it. */
const KINDS = ['run', 'task', 'emit', 'waitFor', 'sleep', 'parallel', 'steps'] as const

export type Kind = (typeof KINDS)[number]

/** `parallel` is also the number of items that are worked on at once. */
function kindsOf(step: unknown): readonly Kind[] {
  return KINDS.filter((kind) => {
    const value = ownValue(step, kind)
    return value !== undefined && typeof value !== (kind === 'parallel' ? 'number' : 'undefined')
  })
}

export function kindOf(step: unknown): Kind | undefined {
  return kindsOf(step)[0]
}

/** For which kinds a field means something. */
const FIELDS: Readonly<Record<string, readonly Kind[]>> = {
  with: ['run', 'task', 'emit'],
  retry: ['run', 'task'],
  timeout: ['run', 'task', 'emit'],
  once: ['run', 'task', 'emit', 'sleep', 'waitFor'],
}

/** Whether the fields of a step go together. */
export function checkFields(step: unknown, at: Path, findings: Finding[]): void {
  const kinds = kindsOf(step)
  const [kind, second] = kinds
  const wrong = (key: string, message: string) => {
    findings.push({ rule: 'step-fields', path: [...at, key], at: 'key', message })
  }
  if (kind === undefined) {
    const message = `a step does one of ${KINDS.join(', ')}, and this one does none`
    findings.push({
      rule: 'step-fields',
      path: at,
      message,
      expected: `one of ${KINDS.join(', ')}`,
    })
    return
  }
  if (second !== undefined) {
    wrong(second, `a step does one thing, and this one ${quote(kind)} and ${quote(second)}`)
  }
  for (const [field, allowed] of Object.entries(FIELDS)) {
    if (ownValue(step, field) === undefined || allowed.includes(kind)) continue
    wrong(field, fieldMessage(field, kind, allowed))
  }
  checkRepetition(step, kind, wrong)
}

function fieldMessage(field: string, kind: Kind, allowed: readonly Kind[]): string {
  if (field === 'timeout' && kind === 'waitFor') {
    return 'the time limit of a wait stands inside it: waitFor: {event, timeout}'
  }
  return `${quote(field)} goes with ${allowed.join(', ')}, not with ${quote(kind)}`
}

function checkRepetition(
  step: unknown,
  kind: Kind,
  wrong: (key: string, message: string) => void,
): void {
  const each = ownValue(step, 'each') !== undefined
  if (each && kind === 'parallel') {
    wrong(
      'parallel',
      'with `each`, `parallel` is how many items at once: put the list under `steps`',
    )
  }
  if (!each && typeof ownValue(step, 'parallel') === 'number') {
    wrong('parallel', 'how many at once means something only with `each`')
  }
  if (!each && kind !== 'parallel' && ownValue(step, 'failFast') !== undefined) {
    wrong('failFast', `${quote('failFast')} goes with \`each\` and with a list under \`parallel\``)
  }
}

/** What a stranger reads beside the step's state. */
export function describeStep(step: unknown): string {
  const kind = kindOf(step)
  const value = kind && ownValue(step, kind)
  const what = describeWork(kind, value)
  return ownValue(step, 'each') === undefined ? `${what}.` : `${what}, for each item of a list.`
}

function describeWork(kind: Kind | undefined, value: unknown): string {
  const name = typeof value === 'string' ? value : ownValue(value, 'event')
  switch (kind) {
    case 'run':
      return `Runs ${String(name)}`
    case 'task':
      return `Runs the task ${String(name)}`
    case 'emit':
      return `Tells of ${String(name)}`
    case 'waitFor':
      return `Waits for ${String(name)}`
    case 'sleep':
      return `Waits for ${String(value)}`
    case 'parallel':
      return 'Does several things at once'
    default:
      return 'Does several things in order'
  }
}
