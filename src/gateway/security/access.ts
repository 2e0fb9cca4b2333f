import { type Route, toPattern } from '../http/route.ts'
import type { Scope } from '../http/scope.ts'

/** `public`: answered to everybody; such addresses tell nothing about the work. */
export type Access = Scope | 'public'

/** What a request needs. `path`: as the router sees it, without query. */
export type AccessRules = (method: string, path: string) => Access

interface Row {
  readonly methods: readonly string[]
  readonly path: RegExp
  readonly access: Access
}

const READING: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/** Pages, the description of the API and the signs of life: nothing in them is of the user's work. */
const PUBLIC =
  /^\/(healthz|readyz|openapi\.json|docs|docs\/errors|api\/v1\/openapi\.json|api\/v1\/docs)?$|^\/assets\/[\w-]+(\.[\w-]+)*$/

/**
 * The rules that follow from the table of routes. What does not stand in it needs a token to be told
 * so, and one of an admin if it would change something.
 */
export function toAccess(prefix: string, routes: readonly Route[]): AccessRules {
  const rows = routes.map((route) => toRow(prefix, route))
  return (method, path) => {
    const isReading = READING.includes(method)
    if (isReading && PUBLIC.test(path)) return 'public'
    const row = rows.find((each) => each.methods.includes(method) && each.path.test(path))
    return row?.access ?? (isReading ? 'read' : 'admin')
  }
}

function toRow(prefix: string, { method, path, scope }: Route): Row {
  const methods = method === 'GET' ? ['GET', 'HEAD'] : [method]
  return { methods, path: new RegExp(`^${quoted(prefix)}${toSource(path)}$`), access: scope }
}

/** The pattern of the router as a regular expression: `:name` and `:name{expression}`. */
function toSource(path: string): string {
  return toPattern(path)
    .split(/(:\w+(?:\{[^}]+\})?)/)
    .map((part) => (part.startsWith(':') ? (/\{(.+)\}/.exec(part)?.[1] ?? '[^/]+') : quoted(part)))
    .join('')
}

function quoted(text: string): string {
  return text.replace(/[\\^$+?.()|[\]{}*]/g, '\\$&')
}
