import { expect, test } from 'vitest'
import { toFault } from '../../../../src/dispatch/bullmq/faults.ts'

test('a lost lock has one text, whichever message it was and however it was found out', () => {
  const lost = [
    Object.assign(new Error('Missing key for job 1_0. moveToFinished'), { code: -1 }),
    Object.assign(new Error('Missing lock for job 2_0. moveToFinished'), { code: -2 }),
    Object.assign(new Error('Lock mismatch for job 3_0. Cmd x from active'), { code: -6 }),
    new Error('could not renew lock for job 4_0'),
  ]
  const texts = new Set(lost.map(toFault))
  expect([...texts]).toEqual([expect.stringContaining('may come again')])
})

test('a lost connection is told elsewhere, everything else as it is', () => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
  expect(toFault(reset)).toBeUndefined()
  expect(toFault(new Error('OOM command not allowed'))).toBe('OOM command not allowed')
  expect(toFault('thrown text')).toBe('thrown text')
})
