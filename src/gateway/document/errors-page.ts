import { PROBLEMS } from '../http/problem.ts'
import { escaped, type Page, page, prose } from './page.ts'

/** What each code of a refusal means: the `type` of a problem leads here. */
export function errorsPage(): Page {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title, help }]) =>
      `<tr id="${escaped(code)}"><td><code>${escaped(code)}</code></td><td>${status}</td><td>${escaped(title)}.<br>${prose(help)}</td></tr>`,
  )
  return page(
    'Errors of Setpoint',
    `<h1>Errors</h1>
<p>A refusal is <code>application/problem+json</code>. Its <code>code</code> is one of these; <code>detail</code> says what is wrong in this case. <a href="/docs">All addresses</a></p>
<table><thead><tr><th>code</th><th>status</th><th>what it means, and what to do</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`,
  )
}
