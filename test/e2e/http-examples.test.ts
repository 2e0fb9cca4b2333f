import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createRuntime } from '../../src/create-runtime.ts'
import { serve } from '../../src/gateway/server.ts'
import { memoryStore } from '../../src/stores/memory/store.ts'
import { curlBlocksOf, runCurl } from '../support/curl-examples.ts'
import { documentedKiln } from '../support/documented-kiln.ts'
import { answerFaults } from '../support/openapi/answer-faults.ts'
import { type OpenApiDocument, operationAt, operationsOf } from '../support/openapi/document.ts'

const ROOT = join(import.meta.dirname, '../..')
const TOKEN = 'a-token-that-stands-in-the-environment'

const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => [name, curlBlocksOf(readFileSync(join(ROOT, name), 'utf8'))] as const)
  .filter(([, blocks]) => blocks.length > 0)

test('the page about HTTP shows how to call it with curl', () => {
  expect(PAGES.map(([name]) => name)).toContain('docs/http.md')
})

test.each(PAGES)('every call of curl in %s is answered as the document says', async (_, blocks) => {
  const { url, folder } = await startServer()
  const called = await runCurl(blocks, { folder, url, env: { SETPOINT_TOKEN: TOKEN } })
  expect(called.length).toBeGreaterThan(0)

  const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument
  const operations = operationsOf(document)
  for (const { method, url: address, answer } of called) {
    const said = `${method} ${address.pathname}: ${answer.status} ${answer.text.slice(0, 500)}`
    expect(answer.status, said).toBeLessThan(300)
    const operation = operationAt(operations, method, address.pathname)
    if (address.pathname.startsWith('/api/')) expect(operation, said).toBeDefined()
    if (operation !== undefined) expect(answerFaults(document, operation, answer), said).toEqual([])
  }
})

async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-curl-'))
  const runtime = await createRuntime({ plans: [documentedKiln()], store: memoryStore() })
  await runtime.start()
  const server = await serve(runtime, { port: 0, token: TOKEN })
  onTestFinished(async () => {
    await server.close()
    await runtime.stop({ drain: '5s' })
    rmSync(folder, { recursive: true, force: true })
  })
  return { url: server.url, folder }
}
