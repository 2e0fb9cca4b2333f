import { createIdSource } from '../../../src/core/id.ts'
import { createRuntime, memoryStore, sqliteStore, type Tasklet } from '../../../src/index.ts'
import { plan, TASK } from './plan.ts'

/** Tasklets of one commit. */
const CHUNK = 5000

const [file = '', size = ''] = process.argv.slice(2)
await fill(file, Number(size))

/** Writes a database with so many pending tasklets. */
async function fill(file: string, size: number): Promise<void> {
  const template = await createTemplate()
  const newId = createIdSource(() => Date.now())
  const store = sqliteStore(file, { durability: 'relaxed' })
  await store.open()
  for (let left = size; left > 0; left -= CHUNK) {
    const chunk = { length: Math.min(CHUNK, left) }
    await store.insert(Array.from(chunk, () => ({ ...template, id: newId() })))
  }
  const { pending } = await store.counts()
  await store.close()
  if (pending !== size) throw new Error(`${pending} of ${size} tasklets are pending`)
}

/** A pending record as a runtime makes it. */
async function createTemplate(): Promise<Tasklet> {
  const runtime = await createRuntime({ plans: [plan], store: memoryStore() })
  await runtime.start()
  // Waiting for its time, it is not claimed before it has been read.
  const { id } = await runtime.submit(TASK, { index: 0 }, { delay: '1d' })
  const view = await runtime.get(id)
  await runtime.stop()
  if (view === undefined) throw new Error('the template is gone')
  const { phase: _, ...record } = view
  return { ...record, status: 'pending', notBefore: undefined }
}
