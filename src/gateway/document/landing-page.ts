import { type Page, page } from './page.ts'

/** What stands at the root. */
export function landingPage(): Page {
  return page(
    'Setpoint',
    `<h1>Setpoint</h1>
<p>The server is up.</p>
<ul>
<li><a href="/docs">The API</a>: every address, what it takes and what it answers</li>
<li><a href="/openapi.json">openapi.json</a>: the same for programs</li>
<li><a href="/docs/errors">Errors</a>: what refusals mean, and what to do</li>
<li><a href="/api/v1/stats">Statistics</a>, and <a href="/metrics">metrics</a> for Prometheus</li>
</ul>`,
  )
}
