import { describe, expect, it } from 'vitest'
import { definePlan } from '../../../../src/plan/define.ts'
import { compilePlan, loadPlan } from '../../../../src/plan/load.ts'
import { diagnosticsOf, writeFolder } from '../plan-folder.ts'
import { ACTIONS, faults, SOUND } from '../sound-plan.ts'

const LAST = '    run: fire\n'

function faultsOf(rule: string) {
  return faults(LAST, `${LAST}interrupts:\n  out: ${rule}\n`)
}

describe('An interrupt of a plan', () => {
  it('is read with its defaults', async () => {
    const text = `${SOUND}interrupts:\n  out: { when: isHot, run: cool }\n`
    const plan = await loadPlan(await writeFolder({ 'plan.yaml': text, 'actions.ts': ACTIONS }))
    expect(plan.interrupts).toMatchObject([
      {
        plan: 'kiln',
        name: 'out',
        trigger: { kind: 'check', check: { name: 'isHot' }, every: 5000, timeout: 5000 },
        run: 'cool',
        scope: 'plan',
        victims: { policy: 'requeue', tasks: [], tags: [] },
        cooldown: 0,
        priority: 100,
      },
    ])
  })

  it.each([
    ['{ when: isHott, run: cool }', 'unknown-check', 'interrupts.out.when', 'isHott', '→ isHot'],
    ['{ when: notCode, run: cool }', 'not-a-function', 'interrupts.out.when', 'notCode'],
    ['{ when: isHot, run: coool }', 'unknown-task', 'interrupts.out.run', 'coool', '→ cool'],
    ['{ run: cool }', 'interrupt-trigger', 'interrupts.out', 'out'],
    ['{ when: isHot, on: a.b, run: cool }', 'interrupt-trigger', 'interrupts.out.on', 'on'],
    ['{ on: a.b, every: 2s, run: cool }', 'interrupt-trigger', 'interrupts.out.every', 'every'],
    ['{ on: a..b, run: cool }', 'invalid-value', 'interrupts.out.on', 'a..b'],
    [
      '{ on: a, run: cool, returnTo: clod }',
      'unknown-state',
      'interrupts.out.returnTo',
      'clod',
      '→ cold',
    ],
    [
      '{ on: a, run: cool, victims: { policy: pause, tasks: [fyre] } }',
      'unknown-task',
      'interrupts.out.victims.tasks[0]',
      'fyre',
      '→ fire',
    ],
    [
      '{ on: a, run: cool, victim: pause }',
      'unknown-key',
      'interrupts.out.victim',
      'victim',
      '→ victims',
    ],
  ])('%s is refused', async (rule, ...fault) => {
    expect(await faultsOf(rule)).toEqual([fault])
  })

  it('may be written in code, and its handler has to be a task that runs here', async () => {
    const plan = definePlan({
      name: 'kiln',
      checks: { isHot: () => true },
      tasks: { cool: { external: true } },
      interrupts: { out: { when: 'isHot', every: '2s', run: 'cool' } },
    })
    const [fault] = await diagnosticsOf(() => compilePlan(plan))
    expect(fault).toMatchObject({ rule: 'interrupt-handler', path: 'interrupts.out.run' })
  })
})
