import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Runtime } from '../../../../src/runtime/runtime.ts'
import { runCollected } from '../collected-io.ts'
import { place, WAYS, type Way } from './place.ts'

async function settled(runtime: Runtime, task: string, input?: unknown): Promise<string> {
  const handle = await runtime.submit(task, input)
  await handle.result().catch(() => {})
  return handle.id
}

/** A queue with one that is done, one that failed, and three that wait in a paused queue. */
async function busyPlace() {
  const { runtime, ways } = await place()
  const done = await settled(runtime, 'shop/tidy', { shelf: 'low' })
  const failed = await settled(runtime, 'shop/spill')
  await runtime.queue('main').pause()
  const waiting: string[] = []
  for (const shelf of ['a', 'b', 'c']) {
    waiting.push((await runtime.submit('shop/tidy', { shelf })).id)
  }
  const [first = '', second = '', third = ''] = waiting
  return { runtime, ways, done, failed, first, second, third }
}

const VOLATILE = new Set(['waited', 'ran', 'at', 'oldestAge', 'oldestPending', 'minutes'])

/** Without what goes on while one looks. */
function steady(text: string): unknown {
  return JSON.parse(text, (key, value) => (VOLATILE.has(key) ? undefined : value))
}

test('what is read of a database and of the server on it is the same', async () => {
  const { ways, done, failed, first } = await busyPlace()
  const commands = [
    ['tasks', 'ls'],
    ['tasks', 'ls', '--status', 'failed', 'completed'],
    ['tasks', 'ls', '--task', 'shop/tidy', '--limit', '2'],
    ['tasks', 'ls', '--text', 'floor'],
    ['tasks', 'show', done],
    ['tasks', 'show', failed],
    ['tasks', 'explain', first],
    ['tasks', 'timeline'],
    ['queue', 'list', 'main'],
    ['queue', 'list', 'main', '--all'],
    ['dlq', 'ls'],
    ['dlq', 'show', failed],
    ['schedule', 'ls'],
    ['schedule', 'next', 'shop/nightly', '3'],
    ['interrupt', 'ls'],
    ['events', 'waits'],
  ]
  for (const command of commands) {
    const [near, far] = await Promise.all(WAYS.map((way) => ways[way](...command, '--json')))
    expect(far?.stderr, command.join(' ')).toBe(near?.stderr)
    expect(far?.code, command.join(' ')).toBe(near?.code)
    expect(steady(far?.stdout ?? ''), command.join(' ')).toEqual(steady(near?.stdout ?? ''))
  }
})

test('the queues and the figures of both agree', async () => {
  const { ways } = await busyPlace()
  const read = async (way: Way, ...argv: string[]) => {
    const { stdout } = await ways[way](...argv, '--json')
    const { items, queues } = JSON.parse(stdout)
    return (items ?? queues).find(({ queue }: { queue: string }) => queue === 'main')
  }
  for (const command of [['queue', 'ls'], ['stats']]) {
    const [near, far] = await Promise.all(WAYS.map((way) => read(way, ...command)))
    expect(near.counts.pending).toBe(3)
    expect({ ...far, oldestAge: 0, oldestPending: 0 }).toEqual({
      ...near,
      oldestAge: 0,
      oldestPending: 0,
    })
  }
})

describe.each(WAYS)('through the %s', (way) => {
  test('a task is submitted once for one key, by its options', async () => {
    const { runtime, ways } = await place()
    const submit = () =>
      ways[way]('submit', 'shop/tidy', '--key', 'k', '--delay', '1h', '--tag', 'x', '--json')
    const first = JSON.parse((await submit()).stdout)
    expect(first).toMatchObject({ created: true, status: 'scheduled', queue: 'main' })
    expect(JSON.parse((await submit()).stdout)).toEqual({
      ...first,
      created: false,
      reason: 'idempotency-key',
    })
    expect(await runtime.get(first.id)).toMatchObject({ input: {}, tags: ['x'], source: 'manual' })
  })

  test('a task that is not there is refused with the nearest name, and so is bad input', async () => {
    const { ways } = await place()
    const unknown = await ways[way]('submit', 'shop/tidi')
    expect(unknown).toMatchObject({ code: 2, stdout: '' })
    expect(unknown.stderr).toContain('did you mean "tidy"?')
    const bad = await ways[way]('submit', 'shop/tidy', '--input', '{"shelves": 1}')
    expect(bad.code).toBe(2)
    expect(bad.stderr).toContain('shelves')
  })

  test('a batch is submitted with what depends on what', async () => {
    const { runtime, ways } = await place()
    await runtime.queue('main').pause()
    const file = join(mkdtempSync(join(tmpdir(), 'setpoint-batch-')), 'batch.yaml')
    writeFileSync(
      file,
      '- { key: one, task: shop/tidy }\n- { key: two, task: shop/tidy, dependsOn: [one] }\n',
    )
    const { code, stdout } = await ways[way]('submit', '--batch', file, '--json')
    expect(code).toBe(0)
    const { one, two } = JSON.parse(stdout)
    expect(one).toMatchObject({ created: true, status: 'pending' })
    expect(two).toMatchObject({ created: true, status: 'blocked' })
    const record = await runtime.get(two.id)
    expect(record).toMatchObject({ dependencies: [{ id: one.id }], source: 'manual' })
  })

  test('tasklets are cancelled once, and failed ones run again once', async () => {
    const { ways, failed, first, done } = await busyPlace()
    const cancel = await ways[way]('tasks', 'cancel', first, '--json')
    expect(JSON.parse(cancel.stdout)).toEqual({
      id: first,
      outcome: 'cancelled',
      status: 'cancelled',
    })
    const late = await ways[way]('tasks', 'cancel', done, '--json')
    expect(late.code).toBe(1)
    expect(JSON.parse(late.stdout)).toMatchObject({ outcome: 'settled', status: 'completed' })
    const retry = await ways[way]('tasks', 'retry', failed, '--json')
    expect(JSON.parse(retry.stdout)).toMatchObject({ replayOf: failed })
    expect((await ways[way]('tasks', 'retry', failed)).code).toBe(2)
    expect((await ways[way]('tasks', 'show', 'ffffffff-0000')).code).toBe(2)
  })

  test('a queue is moved about, refused a stale order, and cleared', async () => {
    const { runtime, ways, first, second, third } = await busyPlace()
    const order = async () => (await runtime.queue('main').list()).items.map(({ id }) => id)
    const moved = JSON.parse((await ways[way]('queue', 'move', third, 'front', '--json')).stdout)
    expect(moved).toMatchObject({ id: third, queue: 'main', position: 0 })
    expect(await order()).toEqual([third, first, second])
    const reorder = (version: string) =>
      ways[way]('queue', 'reorder', 'main', first, second, third, '--queue-version', version)
    expect((await reorder('stale')).code).toBe(1)
    expect((await reorder(moved.version)).code).toBe(0)
    expect(await order()).toEqual([first, second, third])
    expect((await ways[way]('queue', 'priority', third, 'high')).code).toBe(0)
    expect(await order()).toEqual([third, first, second])
    const cleared = await ways[way]('queue', 'clear', 'main', '--yes', '--json')
    expect(JSON.parse(cleared.stdout)).toMatchObject({ waiting: 3, cleared: 3 })
    const open = await ways[way]('queue', 'resume', 'main', '--json')
    expect(JSON.parse(open.stdout)).toEqual({ queue: 'main', paused: false, pending: 0 })
  })

  test('dead letters are replayed and discarded, those that are none refused', async () => {
    const { ways, failed, done } = await busyPlace()
    expect((await ways[way]('dlq', 'show', done)).code).toBe(2)
    const dry = await ways[way]('dlq', 'replay', '--all', '--dry-run', '--json')
    expect(JSON.parse(dry.stdout)).toEqual({ dryRun: true, ids: [failed] })
    const replay = await ways[way]('dlq', 'replay', '--plan', 'shop', '--yes', '--json')
    expect(JSON.parse(replay.stdout)).toMatchObject({
      replayed: [{ replayOf: failed }],
      refused: [],
    })
    const again = await ways[way]('dlq', 'replay', failed, '--json')
    expect(again.code).toBe(1)
    const discard = await ways[way]('dlq', 'discard', failed, '--json')
    expect(JSON.parse(discard.stdout)).toEqual({ discarded: 1 })
  })

  test('schedules and interrupts are switched, and a schedule is run', async () => {
    const { runtime, ways } = await place()
    await runtime.queue('main').pause()
    const off = JSON.parse(
      (await ways[way]('schedule', 'disable', 'shop/nightly', '--json')).stdout,
    )
    expect(off).toMatchObject({ id: 'shop/nightly', enabled: false, next: null })
    const run = await ways[way]('schedule', 'run', 'shop/nightly', '--json')
    const { id } = JSON.parse(run.stdout)
    expect(await runtime.get(id)).toMatchObject({ task: 'tidy', input: { shelf: 'top' } })
    const alarm = await ways[way]('interrupt', 'disable', 'shop/alarm', '--json')
    expect(JSON.parse(alarm.stdout)).toMatchObject({ name: 'shop/alarm', state: 'off' })
    const unknown = await ways[way]('schedule', 'enable', 'shop/nightli')
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('"shop/nightly"')
  })

  test('an event that is told ends the wait for it', async () => {
    const { runtime, ways } = await place()
    const handle = await runtime.submit('shop/ask')
    const waits = runtime.events.stream('tasklet.scheduled')[Symbol.asyncIterator]()
    while ((await runtime.waits(handle.id)).length === 0) await waits.next()
    const told = await ways[way](
      'events',
      'emit',
      'answer.given',
      '--data',
      '{"ok":true}',
      '--json',
    )
    expect(JSON.parse(told.stdout)).toMatchObject({
      name: 'answer.given',
      data: { ok: true },
      matches: [{ taskletId: handle.id, pattern: 'answer.*' }],
    })
    await handle.result()
    expect((await ways[way]('events', 'emit', 'tasklet.done')).code).toBe(2)
  })
})

test('a server that is not there is an exit code of its own, with what to do', async () => {
  const { code, stderr } = await runCollected([
    'tasks',
    'show',
    'abc',
    '--url',
    'http://127.0.0.1:9',
  ])
  expect(code).toBe(3)
  expect(stderr).toContain('http://127.0.0.1:9 cannot be reached')
  expect(stderr).toContain('setpoint serve')
})
