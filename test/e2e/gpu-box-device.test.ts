import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Device } from '../../plans/gpu-box/device.ts'
import { firstComeFirstServed } from '../../plans/gpu-box/models.ts'
import { learnTokens } from '../../plans/gpu-box/tokeniser.ts'

const { signal } = new AbortController()

function freshDevice(): Device {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-gpu-'))
  const device = new Device(join(folder, 'card'), 1_000_000)
  onTestFinished(() => {
    device.close()
    rmSync(folder, { recursive: true })
  })
  return device
}

test('the card holds one model, refuses a second, and counts loads', async () => {
  const device = freshDevice()
  await device.load('chat', signal)
  await expect(device.load('coder', signal)).rejects.toThrow('the card holds chat: unload it first')
  await device.unload(signal)
  await device.load('coder', signal)
  expect(device.state).toMatchObject({ model: 'coder', loads: 2, loadedGib: 15, used: 7 })
})

test('a job that does not fit is refused, and the model of a job is not unloaded', async () => {
  const device = freshDevice()
  await device.load('coder', signal)
  await device.use('one', 'coder', 16, async () => {
    const second = device.use('two', 'coder', 16, async () => undefined)
    await expect(second).rejects.toThrow('16 GiB do not fit: 9 of 32 GiB are free')
    await expect(device.unload(signal)).rejects.toThrow('1 jobs still use the card')
  })
  expect(device.state).toMatchObject({ model: 'coder', jobs: 0, used: 7 })
})

test('a load that is aborted leaves the card empty', async () => {
  const device = freshDevice()
  await expect(device.load('chat', AbortSignal.abort())).rejects.toThrow('aborted')
  expect(device.state).toMatchObject({ model: undefined, loads: 0 })
})

test('the replay of arrivals loads a model whenever it differs from the one before', () => {
  const wanted = ['chat', 'coder', 'coder', 'chat'] as const
  expect(firstComeFirstServed('chat', wanted)).toEqual({ loads: 2, gib: 15 })
})

test('the tokeniser merges the most frequent pair first and stops when none is repeated', () => {
  expect(learnTokens('ababab', 9)).toEqual({ merges: ['ab', 'abab'], before: 6, after: 2 })
})
