import { escaped, type Page, page, prose } from './page.ts'

/** As much of an OpenAPI document as the page shows. */
interface Shown {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly paths?: Readonly<Record<string, object | undefined>>
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> }
}

interface ShownOperation {
  readonly operationId?: string
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content?: Content }
  readonly responses?: Readonly<Record<string, { description?: string; content?: Content }>>
  readonly 'x-scope'?: string
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: unknown
}

type Content = Readonly<Record<string, { readonly schema?: unknown; readonly example?: unknown }>>

interface Entry {
  readonly method: string
  readonly path: string
  readonly operation: ShownOperation
}

/** Hides what does not hold every word that is typed. */
const SEARCH = `const field=document.querySelector('input');
const entries=[...document.querySelectorAll('details')].map((element)=>[element,element.textContent.toLowerCase()]);
const show=()=>{const words=field.value.toLowerCase().split(/\\s+/).filter(Boolean);
for(const[element,text]of entries)element.hidden=!words.every((word)=>text.includes(word));
for(const group of document.querySelectorAll('section'))group.hidden=![...group.querySelectorAll('details')].some((element)=>!element.hidden)};
field.addEventListener('input',show);
const open=()=>{const target=location.hash&&document.getElementById(location.hash.slice(1));if(target)target.open=true};
addEventListener('hashchange',open);open()`

/** The document of the API for people. */
export function docsPage(document: Shown): Page {
  const { title, version, description = '' } = document.info
  const entries = entriesOf(document)
  const tags = [...new Set(entries.map(({ operation }) => operation.tags?.[0] ?? 'Others'))]
  const groups = tags.map((tag) => {
    const own = entries.filter(({ operation }) => (operation.tags?.[0] ?? 'Others') === tag)
    return section(tag, own.map(showEntry))
  })
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<details id="${escaped(name)}"><summary><code>${escaped(name)}</code></summary>${showJson(schema)}</details>`,
  )
  return page(
    `${title}: the API`,
    `<h1>${escaped(title)} ${escaped(version)}</h1>
<p>${prose(description)}</p>
<p><a href="/openapi.json">openapi.json</a> · <a href="/docs/errors">errors</a></p>
<input type="search" placeholder="Search addresses, parameters, fields" aria-label="Search">
${groups.join('\n')}
${section('Schemas', schemas)}`,
    SEARCH,
  )
}

function section(title: string, parts: readonly string[]): string {
  return `<section><h2>${escaped(title)}</h2>\n${parts.join('\n')}</section>`
}

function entriesOf({ paths = {} }: Shown): readonly Entry[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(([method, operation]) => ({ method, path, operation })),
  )
}

function showEntry({ method, path, operation }: Entry): string {
  const { operationId = '', summary = '', description, parameters = [], requestBody } = operation
  const scope = operation['x-scope']
  const parts = [
    description === undefined ? '' : `<p>${prose(description)}</p>`,
    scope === undefined ? '' : `<p>Scope of the token: <code>${escaped(scope)}</code></p>`,
    parameters.length === 0 ? '' : showParameters(parameters),
    requestBody === undefined ? '' : `<h4>Body</h4>${showContent(requestBody.content)}`,
    '<h4>Answers</h4>',
    ...Object.entries(operation.responses ?? {}).map(
      ([status, answer]) =>
        `<p><b>${escaped(status)}</b> ${prose(answer.description ?? '')}</p>${isProblem(status) ? '' : showContent(answer.content)}`,
    ),
  ]
  return `<details id="${escaped(operationId)}"><summary><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code><span>${escaped(summary)}</span></summary>${parts.join('\n')}</details>`
}

/** They all look the same; the page of errors has them. */
function isProblem(status: string): boolean {
  return Number(status) >= 400
}

function showParameters(parameters: readonly Parameter[]): string {
  const rows = parameters.map(
    ({ name, in: place, required, description = '', schema }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${escaped(place)}${required ? ', required' : ''}</td><td>${prose(description)} <code>${escaped(JSON.stringify(schema) ?? '')}</code></td></tr>`,
  )
  return `<table><thead><tr><th>parameter</th><th>in</th><th>what it takes</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function showContent(content: Content = {}): string {
  return Object.entries(content)
    .map(([type, { schema, example }]) => {
      const shown = example === undefined ? '' : `<p>For example</p>${showJson(example)}`
      return `<p><code>${escaped(type)}</code></p>${showJson(schema)}${shown}`
    })
    .join('\n')
}

/** Names of schemas lead to them. */
function showJson(value: unknown): string {
  const text = escaped(JSON.stringify(value, undefined, 2) ?? '')
  const linked = text.replace(
    /#\/components\/schemas\/(\w+)/g,
    (whole, name: string) => `<a href="#${name}">${whole}</a>`,
  )
  return `<pre>${linked}</pre>`
}
