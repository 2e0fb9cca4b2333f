/** The values that an expression may name. What is not in it cannot be named; it is never empty. */
export type Scope = Readonly<Record<string, unknown>>

/** What may be named where an expression stands. */
export interface Names {
  /** Such as `input`, `steps`, `item`, `index`, `event`, `dependencies`, `plan`, `attempt`. */
  readonly variables: ReadonlySet<string>
  /** What `steps.<id>` may name; undefined: nothing is known about it. */
  readonly steps?: ReadonlySet<string> | undefined
  /** What `input.<name>` may name; undefined: the input's schema does not say, or is open. */
  readonly input?: ReadonlySet<string> | undefined
  /** Whether `always()` and `failed()` mean something here. */
  readonly outcome?: boolean | undefined
}

/** An expression of the Common Expression Language that has passed every check. */
export interface Expression {
  /** As it was written, without `${{ }}`. */
  readonly text: string
  /** The variables that it names. */
  readonly variables: ReadonlySet<string>
  /** It says by itself what is to be done after a failure: `always()` or `failed()`. */
  readonly asksForOutcome: boolean
  /**
   * Its value as plain JSON data. `failed`: what `failed()` is; `always()` is true.
   * @throws {ExpressionError} when a name stands for nothing or the budget is used up.
   */
  evaluate(scope: Scope, failed?: boolean): unknown
}

/** Data in which strings may hold expressions. A string that is one expression keeps its type. */
export interface Template {
  /** It holds no expression. */
  readonly isConstant: boolean
  readonly variables: ReadonlySet<string>
  /** @throws {ExpressionError} */
  evaluate(scope: Scope, failed?: boolean): unknown
}
