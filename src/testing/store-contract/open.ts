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
