import { loadPlan } from '../../../../src/plan/load.ts'
import { faultOf, writeFolder } from '../plan-folder.ts'

const ACTIONS = `import * as fs from 'node:fs'
export const isA = () => true
export const isB = () => true
export const isC = () => true
export const opens = () => true
export const work = () => 1
export const look = async () => (await fetch('http://localhost/health')).ok
export const order = async () => (await fetch('http://localhost/', { method: 'POST' })).ok
export const note = () => { fs.writeFileSync('/tmp/seen', 'x'); return true }
export const reads = () => {
  // Never rm() anything here.
  const [, port] = /port (\\d+)/.exec('unlink(port 80)') ?? []
  process.kill(process.pid, 0)
  return port === '80'
}
`

/** A plan around the machine's states, and what else the YAML holds. */
export function planOf(states: string, rest = ''): string {
  return `setpoint: 1
name: small
machine:
  initial: a
  states:
${states.replace(/^/gm, '    ')}
tasks: { go: work, back: work }
${rest}`
}

/** Two states and the ways between them; nothing in it is suspicious. */
export const SOUND = `a: { meta: { check: isA }, on: { GO: { target: b, meta: { task: go } } } }
b: { meta: { check: isB }, on: { BACK: { target: a, meta: { task: back } } } }`

/** What is told about the plan: the rule, and the text at fault as a reader sees it. */
export async function warningsOf(text: string): Promise<readonly string[]> {
  const folder = await writeFolder({ 'plan.yaml': text, 'actions.ts': ACTIONS })
  const { warnings } = await loadPlan(folder)
  return warnings.map((each) => {
    const { rule, line, text: at } = faultOf(each, text)
    return `${rule} ${line}: ${at}`
  })
}
