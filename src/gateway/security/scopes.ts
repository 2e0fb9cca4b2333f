/** What a token may do. `admin` may all that `submit` may, and `submit` all that `read` may. */
export type Scope = 'read' | 'submit' | 'admin'

export const SCOPES: readonly Scope[] = ['read', 'submit', 'admin']

export function includesScope(held: Scope, needed: Scope): boolean {
  return SCOPES.indexOf(held) >= SCOPES.indexOf(needed)
}

/** `public`: answered to everybody; such routes tell nothing about the work. */
export type Access = Scope | 'public'

interface Rule {
  readonly methods: readonly string[]
  readonly path: RegExp
  readonly access: Access
}

const READING = ['GET', 'HEAD', 'OPTIONS']

/**
 * Who may call what; the first row that matches counts. What stands in no row needs `admin`, so a
 * route that was forgotten here is closed.
 */
const RULES: readonly Rule[] = [
  { methods: READING, path: /^\/(healthz|readyz|openapi\.json|docs)?$/, access: 'public' },
  { methods: READING, path: /^\/api\/v1\/openapi\.json$|^\/api\/v1\/docs$/, access: 'public' },
  { methods: READING, path: /^\/assets\/[\w.-]+$/, access: 'public' },
  { methods: READING, path: /^\/metrics$/, access: 'read' },
  { methods: READING, path: /^\/api\/v1\//, access: 'read' },
  { methods: ['POST'], path: /^\/api\/v1\/tasks(\/batch)?$/, access: 'submit' },
  { methods: ['POST'], path: /^\/api\/v1\/tasks\/[^/]+\/(cancel|retry)$/, access: 'submit' },
  { methods: ['POST'], path: /^\/api\/v1\/leases$/, access: 'submit' },
  { methods: ['POST'], path: /^\/api\/v1\/leases\/[^/]+\/(ack|nack|extend)$/, access: 'submit' },
]

/** What a request needs. `path`: as the router sees it, without query. */
export function accessOf(method: string, path: string): Access {
  const rule = RULES.find((row) => row.methods.includes(method) && row.path.test(path))
  return rule?.access ?? 'admin'
}
