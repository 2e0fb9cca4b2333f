import { existsSync } from 'node:fs'
import { type PlanRead, readPlans } from '../../plan/load.ts'
import { count, diagnosticsOf, isWarning, nameOf } from '../plan-report.ts'
import { DEFAULT_PLANS } from '../plans.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** Every plan of the folders: whether it can be used. None are missed where none were asked for. */
export async function checkPlans(
  folders: readonly string[] | undefined,
): Promise<readonly Finding[]> {
  if (folders === undefined && !DEFAULT_PLANS.some((folder) => existsSync(folder))) {
    const fix = '`setpoint init` makes one, `--plans DIR` names another folder'
    return [warning('plans', `there is no folder ${DEFAULT_PLANS.join(', ')} here`, fix)]
  }
  const reads = await readPlans(folders ?? DEFAULT_PLANS)
  return reads.map(checkPlan)
}

function checkPlan(read: PlanRead): Finding {
  const { plan, folder } = read
  const name = plan?.name ?? nameOf(read) ?? folder ?? 'plan'
  const all = diagnosticsOf([read])
  const warnings = all.filter(isWarning).length
  const fix = `\`setpoint plan check ${folder ?? name}\` shows them`
  if (plan === undefined) {
    const mistakes = all.length - warnings
    const [first] = all
    return problem(
      'plan',
      `${name} cannot be used: ${first?.message ?? ''}`,
      `${count(mistakes, 'mistake')}: ${fix}`,
    )
  }
  const facts = `${name}, ${count(plan.tasks.size, 'task')}`
  if (warnings === 0) return ok('plan', facts)
  return warning('plan', `${facts}, ${count(warnings, 'warning')}`, fix)
}
