import { expect, test } from 'vitest'
import { unlessAborted } from '../../../src/runtime/unless-aborted.ts'

const never = new Promise<never>(() => {})

test('What comes before the abort counts, good or bad.', async () => {
  const { signal } = new AbortController()
  await expect(unlessAborted(Promise.resolve(1), signal)).resolves.toBe(1)
  await expect(unlessAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
})

test('The abort ends the wait with its reason.', async () => {
  const controller = new AbortController()
  const waiting = unlessAborted(never, controller.signal)
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
})

test('A signal that has aborted ends it at once, also what is there already.', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(unlessAborted(never, signal)).rejects.toThrow('enough')
  await expect(unlessAborted(Promise.resolve(1), signal)).rejects.toThrow('enough')
})
