/** A page that needs nothing but itself. */
export interface Page {
  readonly html: string
  /** The exact texts of its `<style>` elements. */
  readonly styles: readonly string[]
  /** The exact texts of its `<script>` elements. */
  readonly scripts: readonly string[]
}

const STYLE = `:root{color-scheme:light dark;--line:#8884;--soft:#8882;--link:#0a66c2}
@media(prefers-color-scheme:dark){:root{--link:#7ab8ff}}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:2rem 1rem 6rem}
a{color:var(--link)}h1{margin:0 0 .5rem}h2{margin:2.5rem 0 .5rem}
code,pre{font:14px/1.5 ui-monospace,monospace}
pre{background:var(--soft);padding:.75rem;border-radius:.4rem;overflow:auto;max-height:24rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line)}
details{border:1px solid var(--line);border-radius:.4rem;margin:.5rem 0;padding:0 .75rem}
summary{cursor:pointer;padding:.5rem 0}summary b{display:inline-block;min-width:3.5rem}
summary span{opacity:.75;margin-left:.75rem}
input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;margin:1rem 0;border:1px solid var(--line);border-radius:.4rem}
:target{outline:2px solid var(--link);outline-offset:.25rem}`

/** `body` is HTML: whatever comes from elsewhere has been escaped. */
export function page(title: string, body: string, script?: string): Page {
  const end = script === undefined ? '' : `<script>${script}</script>`
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head><body>
${body}
${end}</body></html>
`
  return { html, styles: [STYLE], scripts: script === undefined ? [] : [script] }
}

const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign)
}

/** Text in which backticks stand around code. */
export function prose(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}
