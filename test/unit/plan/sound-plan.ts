import { expect } from 'vitest'
import { loadPlan } from '../../../src/plan/load.ts'
import { diagnosticsOf, faultOf, writeFolder } from './plan-folder.ts'

/** A plan without a mistake. Each case changes one line of it, or adds some. */
export const SOUND = `setpoint: 1
name: kiln
resources: { door: 1, gas: 4 }
machine:
  id: kiln
  initial: cold
  states:
    cold:
      tags: [safe]
      meta: { check: isCold }
      on:
        HEAT: { target: hot, meta: { task: heat } }
    hot:
      initial: rising
      states:
        rising: { meta: { check: isHot }, always: { target: steady, guard: isHot } }
        steady: { meta: { check: isHot } }
      on:
        COOL: { target: cold, meta: { task: cool } }
tasks:
  heat: { run: heat }
  cool: cool
  fire:
    requires: hot
    run: fire
`

const WRITTEN = `import { assign } from 'xstate'
export const isCold = () => true
export const isHot = () => false
export const heat = () => 1
export const cool = () => 1
export const fire = () => 1
export const notCode = 'text'
export const count = assign({})
`

/** The written plans stand in a temporary folder, so the one import needs its full address. */
export const ACTIONS = WRITTEN.replace("'xstate'", `'${import.meta.resolve('xstate')}'`)

/**
 * What the plan is refused for when one piece of it is replaced: rule, path and text at fault, and
 * the suggestion if there is one.
 */
export async function faults(from: string, to: string): Promise<readonly (readonly string[])[]> {
  expect(SOUND).toContain(from)
  const text = SOUND.replace(from, to)
  const folder = await writeFolder({ 'plan.yaml': text, 'actions.ts': ACTIONS })
  const diagnostics = await diagnosticsOf(loadPlan(folder))
  return diagnostics.map((each) => {
    const { rule, path, text: at } = faultOf(each, text)
    const said = [rule, path, at]
    return each.suggestion === undefined ? said : [...said, `→ ${each.suggestion}`]
  })
}
