import { describe, expect, it } from 'vitest'
import { loadPlan } from '../../../src/plan/load.ts'
import { diagnosticsOf, writeFolder } from './plan-folder.ts'
import { ACTIONS, faults, SOUND } from './sound-plan.ts'

describe('A plan', () => {
  it('that has no mistake is not refused', async () => {
    expect(await faults('setpoint: 1', 'setpoint: 1')).toEqual([])
  })

  it.each([
    // shape
    ['setpoint: 1', 'setpoint: 2', 'invalid-value', 'setpoint', '2'],
    ['name: kiln', 'name: Kiln', 'invalid-value', 'name', 'Kiln'],
    ['name: kiln\n', '', 'missing-key', 'name', 's'],
    ['  cool: cool', '  cool: 5', 'wrong-type', 'tasks.cool', '5'],
    [
      '  cool: cool',
      '  cool: {run: cool, retry: {attempts: 0}}',
      'invalid-value',
      'tasks.cool.retry.attempts',
      '0',
    ],
    ['run: fire', 'run: fire\n    mode: fast', 'invalid-value', 'tasks.fire.mode', 'fast'],
    ['run: fire', 'run: fire\n    hooks: []', 'unknown-key', 'tasks.fire.hooks', 'hooks'],
    ['run: fire', 'run: fire\n    timeout: 0s', 'invalid-value', 'tasks.fire.timeout', '0s'],
    ['  fire:', '  b/c: cool\n  fire:', 'invalid-name', 'tasks.b/c', 'b/c'],
    [
      'run: fire',
      'run: fire\n    input: { type: strange }',
      'task-schema',
      'tasks.fire.input',
      'input',
    ],
    [
      '{ check: isCold }',
      '{ check: isCold, timeout: 1w }',
      'invalid-value',
      'machine.states.cold.meta.timeout',
      '1w',
    ],
    [
      'task: heat }',
      'task: heat, cost: -1 }',
      'invalid-value',
      'machine.states.cold.on.HEAT.meta.cost',
      '-1',
    ],
    [
      'task: heat }',
      'task: heat, cost: .inf }',
      'wrong-type',
      'machine.states.cold.on.HEAT.meta.cost',
      '.inf',
    ],
    [
      'task: heat }',
      'task: heat, verify: {tries: 0} }',
      'invalid-value',
      'machine.states.cold.on.HEAT.meta.verify.tries',
      '0',
    ],
    [
      'meta: { task: heat }',
      'meta: { cost: 1 }',
      'missing-key',
      'machine.states.cold.on.HEAT.meta.task',
      'meta',
    ],
    // selection
    [
      'run: fire',
      'run: fire\n    limit: { count: 0, per: 1s }',
      'invalid-value',
      'tasks.fire.limit.count',
      '0',
    ],
    [
      'run: fire',
      'run: fire\n    limit: { count: 1, per: 0s }',
      'invalid-value',
      'tasks.fire.limit.per',
      '0s',
    ],
    [
      'run: fire',
      'run: fire\n    limit: { count: 1, per: 1s, by: grup }',
      'invalid-value',
      'tasks.fire.limit.by',
      'grup',
    ],
    [
      'run: fire',
      'run: fire\n    groupConcurrency: 1.5',
      'wrong-type',
      'tasks.fire.groupConcurrency',
      '1.5',
    ],
    [
      'run: fire',
      'run: fire\n    priority: urgent',
      'invalid-value',
      'tasks.fire.priority',
      'urgent',
    ],
    ['run: fire', 'run: fire\n    priority: 1001', 'invalid-value', 'tasks.fire.priority', '1001'],
    ['run: fire', 'run: fire\n    queue: Slow', 'invalid-value', 'tasks.fire.queue', 'Slow'],
    ['door: 1', 'door: { capacity: 0 }', 'invalid-value', 'resources.door.capacity', '0'],
    [
      'door: 1',
      'door: { capacity: 1, limits: 5 }',
      'unknown-key',
      'resources.door.limits',
      'limits',
      'limit',
    ],
    // work that others do
    ['cool: cool', 'cool: { external: true }', 'external-task', 'tasks.cool.external', 'external'],
    ['run: fire', 'title: Fire', 'missing-key', 'tasks.fire.run', 'fire'],
    // code
    ['run: fire', 'run: notCode', 'not-a-function', 'tasks.fire.run', 'notCode'],
    [
      'guard: isHot',
      'guard: { type: notCode }',
      'not-a-function',
      'machine.states.hot.states.rising.always.guard.type',
      'notCode',
    ],
    // requirements
    ['requires: hot', 'requires: ht', 'unknown-state', 'tasks.fire.requires', 'ht', 'hot'],
    [
      'requires: hot',
      'requires: [hot, steady]',
      'unknown-state',
      'tasks.fire.requires[1]',
      'steady',
      'hot.steady',
    ],
    [
      'requires: hot',
      'requires: { tag: save }',
      'unknown-tag',
      'tasks.fire.requires.tag',
      'save',
      'safe',
    ],
    [
      'heat: { run: heat',
      'heat: { requires: cold, run: heat',
      'transition-task-requires',
      'tasks.heat.requires',
      'cold',
    ],
    [
      'HEAT: { target: hot, meta: { task: heat } }',
      'HEAT: hot',
      'edge-without-task',
      'machine.states.cold.on.HEAT',
      'HEAT',
    ],
    [
      'HEAT: { target: hot, meta: { task: heat } }',
      'STAY: cold',
      'unreachable-requirement',
      'tasks.fire.requires',
      'hot',
    ],
    // resources
    ['door: 1', 'door: 0', 'invalid-value', 'resources.door', '0'],
    [
      'run: fire',
      'run: fire\n    resources: [dor]',
      'unknown-resource',
      'tasks.fire.resources[0]',
      'dor',
      'door',
    ],
    [
      'run: fire',
      'run: fire\n    resources: { gas: 5 }',
      'resource-request',
      'tasks.fire.resources.gas',
      '5',
    ],
    [
      'run: fire',
      "run: fire\n    resources: ['door:2']",
      'resource-conflict',
      'tasks.fire.resources[0]',
      "'door:2'",
    ],
    [
      'run: fire',
      "run: fire\n    resources: ['gpu:0']",
      'resource-capacity',
      'tasks.fire.resources[0]',
      "'gpu:0'",
    ],
  ])('with %j → %j is refused by %s', async (from, to, rule, path, at, suggestion?: string) => {
    const said = [rule, path, at]
    const expected = suggestion === undefined ? said : [...said, `→ ${suggestion}`]
    expect(await faults(from, to)).toEqual([expected])
  })

  it('that names one resource twice in a task asks for it once, with the most it named', async () => {
    const text = SOUND.replace(
      'run: fire',
      'run: fire\n    resources: [gas, { gas: 3 }, door, door]',
    )
    const folder = await writeFolder({ 'plan.yaml': text, 'actions.ts': ACTIONS })
    const plan = await loadPlan(folder)
    expect(plan.tasks.get('fire')?.resources).toEqual({ gas: 3, door: 1 })
  })

  it('names both places when two capacities of one resource differ', async () => {
    const text = SOUND.replace('run: fire', "run: fire\n    resources: ['door:2']")
    const folder = await writeFolder({ 'plan.yaml': text, 'actions.ts': ACTIONS })
    const [diagnostic] = await diagnosticsOf(loadPlan(folder))
    expect(diagnostic?.message).toBe(`"door" has 2 here and 1 at ${folder}/plan.yaml:3:20`)
  })
})
