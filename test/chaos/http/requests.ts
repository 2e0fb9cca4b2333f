import type { DocumentedOperation, Parameter, Schema } from '../../support/openapi/document.ts'
import { type SampleSource, sampleOf } from './samples.ts'

/** A request before it becomes bytes. */
export interface JunkRequest {
  readonly method: string
  /** Escaped. */
  readonly path: string
  readonly query: readonly (readonly [string, string])[]
  readonly headers: Readonly<Record<string, string>>
  /** The text of the body; undefined when there is none. */
  readonly body: string | undefined
  /** What was done to it, for the reader of a failed run. */
  readonly mutations: readonly string[]
}

/** A request as the document wants it. */
export function validRequest(operation: DocumentedOperation, source: SampleSource): JunkRequest {
  const { method, path, parameters, body } = operation
  const { random } = source
  const value = ({ name, schema }: Parameter) => asText(sampleOf(source, schema ?? true, name))
  const sent = parameters.filter(({ required }) => required === true || random() < 0.3)
  const inQuery = sent.filter((each) => each.in === 'query')
  const inHeader = sent.filter((each) => each.in === 'header')
  const wantsBody = body !== undefined && (body.required || random() < 0.7)
  return {
    method,
    path: path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const schema = parameters.find((each) => each.in === 'path' && each.name === name)?.schema
      return encodeURIComponent(asText(sampleOf(source, schema ?? { type: 'string' }, name)))
    }),
    query: inQuery.map((each) => [each.name, value(each)]),
    headers: {
      ...Object.fromEntries(inHeader.map((each) => [each.name.toLowerCase(), value(each)])),
      ...(wantsBody && { 'content-type': 'application/json' }),
    },
    body: wantsBody ? JSON.stringify(sampleOf(source, body.schema as Schema)) : undefined,
    mutations: [],
  }
}

/** The request, but a wish for work waits for none: a long poll would look like a hang. */
export function impatient(request: JunkRequest): JunkRequest {
  const pathname = URL.parse(request.path, 'http://127.0.0.1')?.pathname ?? ''
  if (!/^\/+api\/v1\/leases\/*$/.test(pathname) || request.method !== 'POST') return request
  const { body = '' } = request
  if (/^\s*$/.test(body)) return { ...request, body: '{"wait": 0}', headers: JSON_HEADERS }
  return { ...request, body: body.replace(/^\{(?!.*"wait":)(\s*"?)/s, withWait) }
}

const JSON_HEADERS = { 'content-type': 'application/json' }

function withWait(_: string, next: string): string {
  return next.endsWith('"') ? `{"wait": 0, ${next}` : `{"wait": 0${next}`
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join(',')
  return typeof value === 'string' ? value : String(JSON.stringify(value))
}
