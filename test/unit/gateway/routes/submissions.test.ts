import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startGateway } from '../../../support/checked-gateway.ts'
import { planOf } from '../../../support/runtimes.ts'

const TASKS = {
  quick: () => 'done',
  add: {
    input: z.object({ a: z.number() }),
    run: ({ input }: { input: { a: number } }) => input.a,
  },
}

const start = (options = {}) => startGateway(planOf(TASKS), options)

describe('submitting a task', () => {
  it('answers 202 with the id and where the tasklet is', async () => {
    const gateway = await start()
    const { status, body, headers } = await gateway.post('/api/v1/tasks', { task: 'plan/quick' })
    const { id } = body as { id: string }
    expect(status).toBe(202)
    expect(body).toEqual({ id, created: true })
    expect(headers.get('location')).toBe(`/api/v1/tasks/${id}`)
    expect(await gateway.runtime.handle(id).result()).toBe('done')
  })

  it('takes the idempotency key from the header, and says that it found the first', async () => {
    const { post } = await start()
    const key = { 'idempotency-key': 'k1' }
    const first = await post('/api/v1/tasks', { task: 'plan/quick' }, key)
    const second = await post('/api/v1/tasks', { task: 'plan/quick' }, key)
    expect(second.body).toEqual({
      ...(first.body as object),
      created: false,
      reason: 'idempotency-key',
    })
  })

  it('refuses a header and an option that name different keys', async () => {
    const { post, runtime } = await start()
    const wish = { task: 'plan/quick', options: { idempotencyKey: 'other' } }
    const { status, body } = await post('/api/v1/tasks', wish, { 'idempotency-key': 'k1' })
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { code: 'invalid_input', errors: [{ in: 'header', path: 'Idempotency-Key' }] },
    })
    expect((await runtime.list()).items).toEqual([])
  })

  it('names an unknown key of the options and the nearest one', async () => {
    const { post } = await start()
    const wish = { task: 'plan/quick', options: { retry: { attemps: 2 }, priorty: 1 } }
    const { status, body } = await post('/api/v1/tasks', wish)
    expect(status).toBe(400)
    expect(body).toMatchObject({
      errors: [
        { in: 'body', path: 'options.retry.attemps', suggestion: 'attempts' },
        { in: 'body', path: 'options.priorty', suggestion: 'priority' },
      ],
    })
  })

  it.each([
    ['an unknown task', { task: 'plan/quik' }, /no task "quik"/],
    ['input that the task refuses', { task: 'plan/add', input: { a: 'x' } }, /a/],
    ['a name that is no full name', { task: 'quick' }, /plan\/task/],
    [
      'an unknown queue',
      { task: 'plan/quick', options: { queue: 'nowhere' } },
      /no queue "nowhere"/,
    ],
    ['a duration that is none', { task: 'plan/quick', options: { delay: 'soon' } }, /soon/],
    ['no task at all', {}, /task: is missing/],
  ])('refuses %s with 400, and stores nothing', async (_, wish, message) => {
    const { post, runtime } = await start()
    const { status, body } = await post('/api/v1/tasks', wish)
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { code: 'invalid_input', detail: expect.stringMatching(message) },
    })
    expect((await runtime.list()).items).toEqual([])
  })

  it('takes a time to run at as a text', async () => {
    const { post, runtime, clock } = await start()
    const at = clock.now() + 60_000
    const options = { runAt: new Date(at).toISOString() }
    const { body } = await post('/api/v1/tasks', { task: 'plan/quick', options })
    expect(await runtime.get((body as { id: string }).id)).toMatchObject({
      status: 'scheduled',
      notBefore: at,
    })
  })

  it('keeps the trace that the header names, and overlooks one that is none', async () => {
    const { post, runtime } = await start()
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const wish = { task: 'plan/quick' }
    const traced = (await post('/api/v1/tasks', wish, { traceparent })).body as { id: string }
    const plain = (await post('/api/v1/tasks', wish, { traceparent: 'x' })).body as { id: string }
    expect(await runtime.get(traced.id)).toMatchObject({ traceparent })
    expect((await runtime.get(plain.id))?.traceparent).toBeUndefined()
  })

  it('answers 429 at once when the queue is full', async () => {
    const { post, runtime } = await start({ queues: { main: { maxSize: 1 } } })
    await runtime.queue('main').pause()
    await post('/api/v1/tasks', { task: 'plan/quick' })
    const { status, body, headers } = await post('/api/v1/tasks', { task: 'plan/quick' })
    expect(status).toBe(429)
    expect(body).toMatchObject({ code: 'queue_full' })
    expect(headers.get('retry-after')).toBe('1')
  })
})

describe('submitting a batch', () => {
  it('stores all entries and answers by key', async () => {
    const { post, runtime } = await start()
    const entries = [
      { key: 'a', task: 'plan/quick' },
      { key: 'b', task: 'plan/add', input: { a: 2 }, dependsOn: ['a'] },
    ]
    const { status, body } = await post('/api/v1/tasks/batch', { entries })
    const { tasklets } = body as { tasklets: Record<string, { id: string; created: boolean }> }
    expect(status).toBe(202)
    expect(Object.keys(tasklets)).toEqual(['a', 'b'])
    expect(await runtime.handle(tasklets['b']?.id ?? '').result()).toBe(2)
  })

  it('stores nothing when one entry is wrong, and names it', async () => {
    const { post, runtime } = await start()
    const entries = [
      { key: 'a', task: 'plan/quick' },
      { key: 'b', task: 'plan/nothing' },
    ]
    const { status, body } = await post('/api/v1/tasks/batch', { entries })
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('entry "b"') },
    })
    expect((await runtime.list()).items).toEqual([])
  })

  it('is refused as a whole when there is no room for all', async () => {
    const { post, runtime } = await start({ queues: { main: { maxSize: 1 } } })
    await runtime.queue('main').pause()
    const entries = ['a', 'b'].map((key) => ({ key, task: 'plan/quick' }))
    expect((await post('/api/v1/tasks/batch', { entries })).status).toBe(429)
    expect((await runtime.list()).items).toEqual([])
  })
})
