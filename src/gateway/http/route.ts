import type { Operation } from './operation.ts'
import type { Scope } from './scope.ts'

export type Method = 'GET' | 'POST' | 'PUT'

/** One row of the API. */
export interface Route {
  readonly method: Method
  /** Below the prefix, with parameters in braces: `/tasks/{id}`. */
  readonly path: string
  readonly scope: Scope
  readonly operation: Operation
}

/** Ids like `plan/name`, which a path holds with or without an escaped slash. */
const QUALIFIED = ['schedule', 'interrupt']

/** The path as the router wants it. */
export function toPattern(path: string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) =>
    QUALIFIED.includes(name) ? `:${name}{[^/]+(?:/[^/]+)?}` : `:${name}`,
  )
}
