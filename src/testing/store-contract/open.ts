import { onTestFinished } from 'vitest'
import type { Store } from '../../ports/store.ts'

/** Makes a new, empty store that is not open yet. */
export type MakeStore = () => Store | Promise<Store>

/** Opens a new, empty store and closes it when the test is over. */
export async function openNew(makeStore: MakeStore): Promise<Store> {
  const store = await makeStore()
  await store.open()
  onTestFinished(() => store.close())
  return store
}

/** Makes two stores over the same records, new and empty, as two processes have them. */
export type MakeTogether = () => Together | Promise<Together>

export type Together = readonly [Store, Store]

/** Opens two stores over the same records, and closes them when the test is over. */
export async function openTogether(makeTogether: MakeTogether): Promise<Together> {
  const together = await makeTogether()
  for (const store of together) {
    await store.open()
    onTestFinished(() => store.close())
  }
  return together
}
