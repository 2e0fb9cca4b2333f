import { createHash } from 'node:crypto'

export interface PageParts {
  /** The exact texts of the `<style>` elements of the page. */
  readonly styles?: readonly string[]
  /** The exact texts of its `<script>` elements. */
  readonly scripts?: readonly string[]
  /** Whether it also loads scripts, styles and images from this server. */
  readonly ownFiles?: boolean
}

const CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** What goes with every answer, unless the answer says otherwise. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CLOSED,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** The Content-Security-Policy of a page: it may use these parts and call this server. */
export function pagePolicy({ styles = [], scripts = [], ownFiles = false }: PageParts): string {
  const own = ownFiles ? ["'self'"] : []
  const list = (directive: string, sources: readonly string[]) =>
    sources.length === 0 ? [] : [`${directive} ${sources.join(' ')}`]
  return [
    CLOSED,
    ...list('style-src', [...own, ...styles.map(hashSource)]),
    ...list('script-src', [...own, ...scripts.map(hashSource)]),
    ...list('img-src', [...own, 'data:']),
    "connect-src 'self'",
  ].join('; ')
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
