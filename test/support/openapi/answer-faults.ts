import type { DocumentedOperation, OpenApiDocument } from './document.ts'
import { schemaFaults } from './schema-faults.ts'

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number
  readonly type: string | undefined
  readonly text: string
}

const PROBLEM = 'application/problem+json'

/** What is wrong with an answer, by what the document says of the operation. */
export function answerFaults(
  document: OpenApiDocument,
  operation: DocumentedOperation,
  { status, type, text }: WireAnswer,
): readonly string[] {
  const documented = operation.answers.get(String(status)) ?? operation.answers.get('default')
  if (documented === undefined) return [`status ${status} is not documented`]
  const { content } = documented
  if (content === undefined) return text === '' ? [] : ['a body is not documented']
  const media = mediaOf(type)
  const found = content[media]
  if (found === undefined) return [`${media} is not documented for ${status}`]
  if (!media.endsWith('json')) return []
  return schemaFaults(document, found.schema, JSON.parse(text))
}

/** What is wrong with a refusal, whichever address it came from. */
export function refusalFaults({ status, type, text }: WireAnswer): readonly string[] {
  const media = mediaOf(type)
  if (media !== PROBLEM) return [`a refusal (${status}) is ${media}, not ${PROBLEM}`]
  const body = JSON.parse(text) as Readonly<Record<string, unknown>>
  const texts = ['type', 'title', 'code', 'detail']
  return [
    ...texts
      .filter((key) => typeof body[key] !== 'string' || body[key] === '')
      .map((key) => `the problem has no ${key}`),
    ...(body['status'] === status ? [] : [`the problem says status ${body['status']}`]),
  ]
}

/** The media type without its parameters. */
function mediaOf(type: string | undefined): string {
  return (type ?? 'nothing').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
