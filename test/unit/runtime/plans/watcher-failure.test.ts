import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FSWatcher } from 'chokidar'
import { expect, it, onTestFinished, vi } from 'vitest'
import { watchFolders } from '../../../../src/runtime/plans/watcher.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

const made = vi.hoisted((): FSWatcher[] => [])

vi.mock(import('chokidar'), async (original) => {
  const chokidar = await original()
  const watch: typeof chokidar.watch = (...args) => {
    const watcher = chokidar.watch(...args)
    made.push(watcher)
    return watcher
  }
  return { ...chokidar, watch }
})

async function watched() {
  made.length = 0
  const parent = await mkdtemp(join(tmpdir(), 'setpoint-watch-'))
  const folder = join(parent, 'plan')
  await mkdir(folder)
  const clock = new ManualClock()
  const calls: (readonly string[])[] = []
  const errors: unknown[] = []
  const watch = await watchFolders([folder], async (_folder, paths) => void calls.push(paths), {
    clock,
    onError: (error) => errors.push(error),
  })
  onTestFinished(async () => {
    await watch.close()
    await rm(parent, { recursive: true })
  })
  return { folder, clock, calls, errors, watch }
}

it('reports that it failed, starts again and tells of the folder, since it saw nothing meanwhile', async () => {
  const { folder, clock, calls, errors } = await watched()
  made[0]?.emit('error', new Error('no space left for watches'))
  expect(errors).toEqual([new Error('no space left for watches')])
  await clock.advance(1_000)
  await vi.waitFor(async () => {
    await clock.advance(100)
    expect(calls).toEqual([[folder]])
  })
  expect(made).toHaveLength(2)
  await writeFile(join(folder, 'plan.yaml'), 'changed')
  await vi.waitFor(async () => {
    await clock.advance(100)
    expect(calls).toContainEqual([join(folder, 'plan.yaml')])
  })
})

it('does not start again what was closed', async () => {
  const { clock, errors, watch } = await watched()
  made[0]?.emit('error', new Error('broken'))
  await watch.close()
  await clock.advance('1h')
  expect(made).toHaveLength(1)
  expect(errors).toHaveLength(1)
  expect(clock.pending).toBe(0)
})
