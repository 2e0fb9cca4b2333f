import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '../../../src/plan/diagnostic.ts'
import { formatDiagnostic, PlanError, quote } from '../../../src/plan/diagnostic.ts'

const unknownState: Diagnostic = {
  rule: 'unknown-state',
  message: 'the machine has no state "hott"',
  path: 'tasks.fire.requires',
  file: 'plans/kiln/plan.yaml',
  line: 2,
  column: 13,
  length: 4,
  suggestion: 'hot',
}

describe('formatDiagnostic', () => {
  it('shows the place, the line, a caret under the fault, and the nearest name', () => {
    expect(formatDiagnostic(unknownState, 'fire:\n  requires: hott # now\n')).toBe(
      [
        'plans/kiln/plan.yaml:2:13: the machine has no state "hott" (unknown-state)',
        '  2 |   requires: hott # now',
        '    |             ^^^^',
        '  did you mean "hot"?',
      ].join('\n'),
    )
  })

  it('shows the part around the fault of a line that is too long to read', () => {
    const text = `${'x'.repeat(500)}FAULT${'y'.repeat(500)}`
    const place = { line: 1, column: 501, length: 5 }
    const [, line = '', caret = ''] = formatDiagnostic({ ...unknownState, ...place }, text).split(
      '\n',
    )
    expect(line.length).toBeLessThan(140)
    expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('FAULT')
  })

  it('lets no control character of a plan reach the terminal', () => {
    const text = 'a\n\u001b[31m  requires: hott\u0007\r\n'
    expect(formatDiagnostic(unknownState, text)).not.toMatch(/(?!\n)\p{Cc}/u)
    const message = 'broken \u001b[31m'
    expect(formatDiagnostic({ ...unknownState, message })).not.toContain('\u001b')
    expect(quote('a\u001bb')).toBe('"a b"')
  })

  it('says of a warning that it is one', () => {
    const text = formatDiagnostic({ ...unknownState, severity: 'warning' })
    expect(text).toContain(': warning: the machine has no state "hott" (unknown-state)')
  })

  it('does without a line when the source is not known', () => {
    const { file: _file, ...inCode } = unknownState
    expect(formatDiagnostic({ ...inCode, plan: 'kiln' })).toBe(
      'plan "kiln", tasks.fire.requires: the machine has no state "hott" (unknown-state)\n  did you mean "hot"?',
    )
  })
})

describe('PlanError', () => {
  it('counts the mistakes, shows the first fifty and keeps all of them', () => {
    const many = Array.from({ length: 60 }, () => unknownState)
    const error = new PlanError(many, new Map())
    expect(error.message).toMatch(/^60 mistakes in the plan\n/)
    expect(error.message).toMatch(/\nand 10 more$/)
    expect(error.diagnostics).toHaveLength(60)
    expect(error.code).toBe('plan_invalid')
  })

  it('counts no warning as a mistake', () => {
    const error = new PlanError([unknownState, { ...unknownState, severity: 'warning' }], new Map())
    expect(error.message).toMatch(/^1 mistake in the plan\n/)
  })
})
