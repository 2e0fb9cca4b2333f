import { expect, it } from 'vitest'
import { loadPlan } from '../../../../src/plan/load.ts'
import type { Plan } from '../../../../src/plan/model.ts'
import type { PlanExchange } from '../../../../src/runtime/plans/plan-exchange.ts'
import { Registry } from '../../../../src/runtime/plans/registry.ts'
import { Reloads } from '../../../../src/runtime/plans/reloads.ts'
import { temporaryFolder, writePlan } from '../../../support/plan-folders.ts'

const text = (handler: string) =>
  `setpoint: 1\nname: shop\nactions: ./actions.js\ntasks: { quick: ${handler} }\n`
const code = 'export const one = () => 1\nexport const two = () => 2\n'

/** A folder whose plan was loaded, and what became of loading it again. */
async function start() {
  const folder = temporaryFolder()
  await writePlan(folder, { 'plan.yaml': text('one'), 'actions.js': code })
  const registry = new Registry([await loadPlan(folder)], {})
  const told: string[] = []
  const reloads = new Reloads({
    registry,
    exchange: { replace: (_: Plan) => void told.push('replaced') } as unknown as PlanExchange,
    sources: [folder],
    options: {},
    rejected: () => void told.push('rejected'),
    missing: () => void told.push('missing'),
    recovered: () => void told.push('recovered'),
  })
  return { folder, reloads, told }
}

it.each([
  ['good', 'two', 'replaced'],
  ['bad', 'three', 'rejected'],
])(
  'What was loaded counts, %s or not, unless the files have changed since.',
  async (_, handler, end) => {
    const { folder, reloads, told } = await start()
    await writePlan(folder, { 'plan.yaml': text(handler) })
    const [report] = await reloads.reload(folder, () => true)
    expect(report).toMatchObject({ plan: 'shop', changed: false, diagnostics: [] })
    expect(told).toEqual([])
    await reloads.reload(folder, () => false)
    expect(told).toEqual([end])
  },
)
