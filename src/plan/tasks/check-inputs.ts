import { entriesOf, isRecord, ownValue } from '../data.ts'
import { OPENING } from '../expressions/interpolation.ts'
import type { Finding } from '../finding.ts'
import type { SubTask } from '../steps/scope.ts'
import { type Edge, edgeTask } from '../world/edges.ts'
import { type ConstantInput, checkConstantInput } from './constant-input.ts'
import type { TaskSchemas } from './schemas.ts'

/** What gives tasks their input, beside schedules and people. */
export interface Givers {
  readonly edges: readonly Edge[]
  readonly subTasks: readonly SubTask[]
  /** The interrupts of the plan as they are written. */
  readonly interrupts: unknown
}

/** Whether tasks take what the rest of the plan gives them, where that is known now. */
export function checkInputs(
  { edges, subTasks, interrupts }: Givers,
  schemas: ReadonlyMap<string, TaskSchemas>,
): readonly Finding[] {
  const check = (task: unknown, input: ConstantInput) =>
    hasExpression(input.value) ? [] : checkConstantInput(input, schemas.get(String(task))?.input)
  return [
    ...edges.flatMap((edge) => check(edgeTask(edge), ofEdge(edge))),
    ...subTasks.flatMap((each) => check(each.name, ofStep(each))),
    ...entriesOf(interrupts).flatMap(([name, rule]) =>
      check(ownValue(rule, 'run'), ofInterrupt(name, rule)),
    ),
  ]
}

function ofEdge({ config, at }: Edge): ConstantInput {
  const meta = [...at, 'meta']
  return {
    rule: 'invalid-with',
    value: ownValue(ownValue(config, 'meta'), 'with'),
    otherwise: {},
    path: [...meta, 'with'],
    owner: [...meta, 'task'],
    giver: 'this edge',
  }
}

function ofStep({ input, path }: SubTask): ConstantInput {
  return {
    rule: 'invalid-with',
    value: input,
    otherwise: {},
    path: [...path.slice(0, -1), 'with'],
    owner: path,
    giver: 'this step',
  }
}

function ofInterrupt(name: string, rule: unknown): ConstantInput {
  return {
    rule: 'interrupt-input',
    value: ownValue(rule, 'input'),
    path: ['interrupts', name, 'input'],
    owner: ['interrupts', name, 'run'],
    giver: 'this interrupt',
  }
}

function hasExpression(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(OPENING)
  if (Array.isArray(value)) return value.some(hasExpression)
  return isRecord(value) && Object.values(value).some(hasExpression)
}
