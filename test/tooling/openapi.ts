import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createGateway } from '../../src/http.ts'
import { Runtime } from '../../src/runtime/runtime.ts'
import { memoryStore } from '../../src/stores/memory/store.ts'

export const OPENAPI_FILE = join(import.meta.dirname, '../../docs/openapi.json')

/** What the server answers at /openapi.json. */
export async function openApiDocument(): Promise<unknown> {
  const response = await createGateway(new Runtime([], memoryStore())).request('/openapi.json')
  return response.json()
}

if (import.meta.main) {
  writeFileSync(OPENAPI_FILE, `${JSON.stringify(await openApiDocument(), null, 2)}\n`)
}
