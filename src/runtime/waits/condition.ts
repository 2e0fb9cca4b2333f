import { InputError } from '../../core/errors.ts'
import type { TriggeringEvent } from '../../core/tasklet.ts'
import { compileExpression } from '../../plan/expressions/compile.ts'
import type { Expression, Scope } from '../../plan/expressions/expression.ts'

/** What makes an event the one that is waited for. */
export class Condition {
  readonly #expression: Expression

  /**
   * @param text an expression, with or without `${{ }}`.
   * @throws {InputError} when it cannot be used, or names what is not in the scope.
   */
  constructor(text: string, scope: Scope) {
    const variables = new Set([...Object.keys(scope), 'event'])
    const written = text.trimStart().startsWith('${{') ? text : `\${{ ${text} }}`
    const { expression, findings } = compileExpression(written, ['where'], { variables })
    if (expression === undefined) {
      throw new InputError(findings.map(({ message }) => message).join('; '))
    }
    this.#expression = expression
  }

  /** The part of the scope that it names. */
  restrict(scope: Scope): Scope {
    const { variables } = this.#expression
    return Object.fromEntries(Object.entries(scope).filter(([name]) => variables.has(name)))
  }

  /**
   * @throws {ExpressionError} when a name stands for nothing.
   * @throws {InputError} when the answer is neither true nor false.
   */
  holds(scope: Scope, { name, at, data }: TriggeringEvent): boolean {
    const answer = this.#expression.evaluate({ ...scope, event: { name, at, data } })
    if (typeof answer === 'boolean') return answer
    const { text } = this.#expression
    throw new InputError(`where: "${text}" is ${JSON.stringify(answer)}: make it true or false`)
  }
}
