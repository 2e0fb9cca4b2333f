import { expect, test, vi } from 'vitest'
import { bullmqDispatch } from '../../../../src/dispatch/bullmq/dispatch.ts'

vi.mock('bullmq', () => {
  throw new Error("Cannot find package 'bullmq'")
})

test('without its packages, opening says how to install them', async () => {
  await expect(bullmqDispatch('redis://127.0.0.1:1').open()).rejects.toMatchObject({
    code: 'dispatch_open',
    message: expect.stringContaining('npm install bullmq ioredis'),
  })
})
