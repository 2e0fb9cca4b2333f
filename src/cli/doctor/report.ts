import { count } from '../plan-report.ts'
import { printable, type Style } from '../style.ts'
import type { Finding } from './finding.ts'

const MARKS = { ok: '✔', warning: '!', problem: '✖' } as const

/** A line for each finding, below it what to do, and at the end what it comes to. */
export function formatFindings(findings: readonly Finding[], style: Style): string {
  const width = Math.max(...findings.map(({ name }) => name.length))
  const lines = findings.flatMap(({ name, status, message, fix }) => {
    const paint = colourOf(status, style)
    const head = `${paint(MARKS[status])} ${style.bold(name.padEnd(width))}  ${printable(message)}`
    const indent = ' '.repeat(width + 4)
    return fix === undefined ? [head] : [head, `${indent}${style.dim('→')} ${printable(fix)}`]
  })
  return [...lines, '', verdict(findings, style)].join('\n')
}

function verdict(findings: readonly Finding[], style: Style): string {
  const number = (status: Finding['status']) =>
    findings.filter((finding) => finding.status === status).length
  const problems = number('problem')
  const warnings = number('warning')
  if (problems > 0) return style.red(`${count(problems, 'problem')}, ${count(warnings, 'warning')}`)
  return warnings > 0 ? style.yellow(count(warnings, 'warning')) : style.green('all is well')
}

function colourOf(status: Finding['status'], style: Style): (text: string) => string {
  if (status === 'ok') return style.green
  return status === 'warning' ? style.yellow : style.red
}
