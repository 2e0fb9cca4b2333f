import { compileExpression } from '../../../../src/plan/expressions/compile.ts'
import type { Names, Scope } from '../../../../src/plan/expressions/expression.ts'
import type { Finding } from '../../../../src/plan/finding.ts'

export const NAMES: Names = {
  variables: new Set(['input', 'steps', 'item', 'index', 'event', 'attempt']),
  steps: new Set(['tables', 'dump']),
  input: new Set(['folder', 'keep']),
  outcome: true,
}

export const SCOPE: Scope = {
  input: { folder: './backups', keep: 7 },
  steps: {
    tables: { status: 'completed', output: ['users', 'orders', 'items'] },
    dump: { status: 'failed', error: { message: 'no disk' } },
  },
  item: { n: 5, half: 2.5, nothing: null, list: [1, 2, 3], name: 'ünï😀' },
  index: 0,
  attempt: 1,
}

/** The value of an expression; findings are thrown. */
export function evaluated(text: string, scope: Scope = SCOPE, failed = false): unknown {
  const { expression, findings } = compileExpression(`\${{ ${text} }}`, [], OPEN)
  if (expression === undefined) throw new Error(findings.map(({ message }) => message).join('; '))
  return expression.evaluate(scope, failed)
}

/** What is found at load in an expression. */
export function findingsOf(text: string, names: Names = NAMES): readonly Finding[] {
  return compileExpression(`\${{ ${text} }}`, ['tasks', 'x'], names).findings
}

/** Names without a schema behind them: everything may be there. */
const OPEN: Names = { ...NAMES, variables: new Set([...NAMES.variables, 'data']), input: undefined }
