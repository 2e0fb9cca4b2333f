import { describe, expect, it } from 'vitest'
import { definePlan } from '../../../../src/plan/define.ts'
import { loadPlans } from '../../../../src/plan/load.ts'
import { diagnosticsOf } from '../plan-folder.ts'
import { faults } from '../sound-plan.ts'

describe('What a task does to the world', () => {
  it.each([
    ['leaves: hott', 'unknown-state', 'tasks.fire.leaves', 'hott', '→ hot'],
    ['leaves: { tag: safe }', 'wrong-type', 'tasks.fire.leaves', 'leaves'],
    ['disturbs: perhaps', 'wrong-type', 'tasks.fire.disturbs', 'perhaps'],
    ['exclusive: 2', 'wrong-type', 'tasks.fire.exclusive', '2'],
    ['maxInstances: 0', 'invalid-value', 'tasks.fire.maxInstances', '0'],
    ['acquireTimeout: 0', 'invalid-value', 'tasks.fire.acquireTimeout', '0'],
    ['prepareTimeout: soon', 'invalid-value', 'tasks.fire.prepareTimeout', 'soon'],
    ['expiresAfter: -1', 'invalid-value', 'tasks.fire.expiresAfter', '-1'],
  ])('is refused as %s', async (written, ...fault) => {
    expect(await faults('run: fire', `run: fire\n    ${written}`)).toEqual([fault])
  })

  it('is either where it leaves it or that it disturbs it', async () => {
    const both = 'run: fire\n    leaves: cold\n    disturbs: true'
    expect(await faults('run: fire', both)).toEqual([
      ['task-effect', 'tasks.fire.disturbs', 'disturbs'],
    ])
  })

  it('means nothing in a plan without a machine', async () => {
    const run = () => undefined
    const leaving = definePlan({ name: 'plain', tasks: { work: { run, leaves: 'hot' } } })
    const disturbing = definePlan({ name: 'plain', tasks: { work: { run, disturbs: true } } })
    expect(await diagnosticsOf(loadPlans([leaving]))).toMatchObject([
      { rule: 'unknown-state', path: 'tasks.work.leaves' },
    ])
    expect(await diagnosticsOf(loadPlans([disturbing]))).toMatchObject([
      { rule: 'task-effect', path: 'tasks.work.disturbs' },
    ])
  })
})
