import { describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../../../src/gateway/http/problem.ts'
import {
  type DocumentedOperation,
  documentOf,
  startGateway,
  toZod,
} from '../../../support/checked-gateway.ts'
import { planOf } from '../../../support/runtimes.ts'

/** The API as it was agreed; clients rely on these. */
const AGREED = `
POST /tasks · POST /tasks/batch · GET /tasks · GET /tasks/{id}
GET /tasks/{id}/explain · GET /tasks/{id}/timeline · GET /tasks/{id}/machine
POST /tasks/{id}/cancel · POST /tasks/{id}/retry
POST /leases · POST /leases/{token}/ack · POST /leases/{token}/nack · POST /leases/{token}/extend
GET /queues · GET /queues/{name} · PUT /queues/{name}/order
POST /queues/{name}/pause · POST /queues/{name}/resume · POST /queues/{name}/clear
GET /plans · GET /plans/{name} · GET /plans/{name}/machine · GET /plans/{name}/path
POST /plans/{name}/events · POST /plans/{name}/go-to
GET /dead-letters · POST /dead-letters/replay · POST /dead-letters/discard
GET /schedules · POST /schedules/{schedule}/run · POST /schedules/{schedule}/enable
POST /schedules/{schedule}/disable · GET /interrupts · GET /stats · GET /events
`

/** What the command line needs besides. */
const BESIDE = `
GET /executable · GET /timeline · POST /queues/{name}/move · POST /queues/{name}/priority
GET /schedules/{schedule}/next · POST /interrupts/{interrupt}/enable
POST /interrupts/{interrupt}/disable · POST /events · GET /waits
`

function toList(text: string): readonly string[] {
  return text.trim().split(/\n| · /)
}

async function documented() {
  const { app } = await startGateway(planOf({ quick: () => 1 }))
  const document = await documentOf(app)
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
    ),
  )
  return { app, document, operations }
}

/** Everything in the value that has the key. */
function allOf(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) =>
    name === key ? [each, ...allOf(each, key)] : allOf(each, key),
  )
}

describe('the OpenAPI document', () => {
  it('has every route that was agreed, and no other', async () => {
    const { operations } = await documented()
    const names = operations.map(([name]) => name.replace(' /api/v1', ' '))
    expect(names.toSorted()).toEqual([...toList(AGREED), ...toList(BESIDE)].toSorted())
  })

  it('gives every operation a name of its own', async () => {
    const { operations } = await documented()
    const ids = operations.map(([, { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('names only schemas that it holds', async () => {
    const { document } = await documented()
    const known = Object.keys(document.components.schemas)
    const named = new Set(allOf(document, '$ref').map((ref) => String(ref).split('/').at(-1)))
    expect(known).toEqual(expect.arrayContaining([...named]))
  })

  it('describes every parameter of a path', async () => {
    const { operations } = await documented()
    for (const [name, { parameters = [] }] of operations) {
      const inPath = parameters.filter((each) => each.in === 'path').map((each) => each.name)
      expect(inPath, name).toEqual([...name.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))
    }
  })

  it('says what every refusal looks like', async () => {
    const { operations } = await documented()
    for (const [name, { responses }] of operations) {
      for (const [status, answer] of Object.entries(responses)) {
        const types = Object.keys(answer?.content ?? {})
        if (Number(status) >= 400) expect(types, name).toEqual(['application/problem+json'])
        else expect(types, name).not.toEqual([])
      }
    }
  })

  it('gives examples that are right', async () => {
    const { operations, document } = await documented()
    const contents = operations.flatMap(([name, operation]) => contentsOf(name, operation))
    const given = contents.filter(({ example }) => example !== undefined)
    expect(given.length).toBeGreaterThan(20)
    for (const { name, schema, example } of given) {
      expect(toZod(schema, document).safeParse(example).error?.issues ?? [], name).toEqual([])
    }
  })

  it('is explained: every code has an entry in docs/errors.md', async () => {
    const { readFile } = await import('node:fs/promises')
    const text = await readFile('docs/errors.md', 'utf8')
    for (const code of Object.keys(PROBLEMS)) expect(text).toContain(`\`${code}\``)
  })
})

function contentsOf(name: string, { requestBody, responses }: DocumentedOperation) {
  const all = [requestBody?.content, ...Object.values(responses).map((each) => each?.content)]
  return all.flatMap((content) => Object.values(content ?? {}).map((media) => ({ name, ...media })))
}
