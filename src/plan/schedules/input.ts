import type { ZodType } from 'zod'
import { compileExpression, compileTemplate } from '../expressions/compile.ts'
import type { Expression, Names, Template } from '../expressions/expression.ts'
import type { Finding, Path } from '../finding.ts'
import { checkConstantInput } from '../tasks/constant-input.ts'

const NAMES: Names = { variables: new Set(['event', 'plan']) }

/** The input of a schedule; one without expressions has to suit its task now. */
export function checkInput(
  input: unknown,
  path: Path,
  schema: ZodType | undefined,
): readonly Finding[] {
  const { template, findings } = compileTemplate(input, path, NAMES)
  if (template === undefined || !template.isConstant || schema === undefined) return findings
  const constant = {
    rule: 'schedule-input',
    value: template.evaluate({}),
    path,
    owner: path.slice(0, -1),
    giver: 'the schedule',
  }
  return checkConstantInput(constant, schema)
}

export function checkWhere(where: unknown, path: Path): readonly Finding[] {
  return typeof where === 'string' ? compileExpression(where, path, NAMES).findings : []
}

/** One that has passed its check. */
export function toInputTemplate(input: unknown): Template {
  const { template } = compileTemplate(input, [], NAMES)
  if (template === undefined) throw new TypeError('the input of a schedule was not checked')
  return template
}

/** One that has passed its check. */
export function toWhere(where: string | undefined): Expression | undefined {
  return where === undefined ? undefined : compileExpression(where, [], NAMES).expression
}
