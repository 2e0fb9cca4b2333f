import { ownValue } from '../plan/data.ts'
import { type Diagnostic, formatDiagnostics } from '../plan/diagnostic.ts'
import type { PlanRead } from '../plan/load.ts'
import type { Plan } from '../plan/model.ts'
import { printable, type Style } from './style.ts'

/** Every diagnostic of the plans, the warnings of those that can be used included. */
export function diagnosticsOf(reads: readonly PlanRead[]): readonly Diagnostic[] {
  return reads.flatMap(({ plan, diagnostics }) => [...diagnostics, ...(plan?.warnings ?? [])])
}

export function isWarning({ severity }: Diagnostic): boolean {
  return severity === 'warning'
}

/** The name that the plan gives itself, whether or not it can be used. */
export function nameOf({ declaration }: PlanRead): string | undefined {
  const name = ownValue(declaration?.value, 'name')
  return typeof name === 'string' ? name : undefined
}

/** One line for the plan, and a paragraph for everything that is wrong with it. */
export function formatRead(read: PlanRead, style: Style): string {
  const paragraphs = formatDiagnostics(diagnosticsOf([read]), read.texts)
  const shown = paragraphs.map((each) => inColour(printable(each), style))
  const end = shown.length > 0 ? '\n' : ''
  return [headline(read, style), ...shown].join('\n\n') + end
}

function headline(read: PlanRead, style: Style): string {
  const { plan, folder } = read
  const all = diagnosticsOf([read])
  const warnings = all.filter(isWarning).length
  const mistakes = all.length - warnings
  const found = [
    ...(mistakes > 0 ? [count(mistakes, 'mistake')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ].join(', ')
  if (plan === undefined) {
    const name = printable(nameOf(read) ?? folder ?? 'plan')
    return `${style.red('✖')} ${style.bold(name)}  ${style.red(found)}`
  }
  const facts = describe(plan, style)
  return found === ''
    ? `${style.green('✔')} ${facts}`
    : `${style.yellow('!')} ${facts}, ${style.yellow(found)}`
}

function describe(plan: Plan, style: Style): string {
  const states = plan.world === undefined ? 'no machine' : count(plan.world.states.size, 'state')
  const facts = `${count(plan.tasks.size, 'task')}, ${states}, version ${plan.version.slice(0, 8)}`
  return `${style.bold(plan.name)}  ${style.dim(facts)}`
}

/** `1 state`, `2 states`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

const CARETS = /^\s*\| *\^+$/

function inColour(paragraph: string, style: Style): string {
  const [first = '', ...rest] = paragraph.split('\n')
  const paint = first.includes(': warning: ') ? style.yellow : style.red
  return [paint(first), ...rest.map((line) => (CARETS.test(line) ? paint(line) : line))].join('\n')
}
