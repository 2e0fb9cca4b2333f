import type { Scope } from '../http/scope.ts'

export const SCOPES: readonly Scope[] = ['read', 'submit', 'admin']

/** `admin` may all that `submit` may, and `submit` all that `read` may. */
export function includesScope(held: Scope, needed: Scope): boolean {
  return SCOPES.indexOf(held) >= SCOPES.indexOf(needed)
}
