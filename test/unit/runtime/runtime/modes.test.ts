import { describe, expect, it, onTestFinished } from 'vitest'
import { createRuntime } from '../../../../src/create-runtime.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { writeFolder } from '../../plan/plan-folder.ts'

const ACTIONS = `
interface Context {
  readonly input: { readonly n: number }
  readonly signal: AbortSignal
  readonly log: { info(message: string, fields?: object): void }
  readonly progress: (share: number, message?: string) => void
  readonly step: <T>(name: string, work: () => T | Promise<T>) => Promise<T>
  readonly emit: (name: string, data?: unknown) => void
  readonly [name: string]: unknown
}

export async function context({ input, log, progress, step, signal, ...rest }: Context) {
  log.info('half of it', { half: true })
  progress(0.5, 'half')
  const kept = await step('square', () => input.n ** 2)
  const { attempt, taskletId, idempotencyKey, plan, initialContext } = rest
  const names = { attempt, taskletId, idempotencyKey, plan, initialContext }
  return { ...names, kept, isAborted: signal.aborted, pid: process.pid }
}

export function heedful({ signal, log }: Context) {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('what the handler made of it')))
    setInterval(() => {}, 1000)
    log.info('working')
  })
}

export function deaf({ log }: Context) {
  log.info('working', { workerPid: process.pid })
  for (;;);
}

export function telling({ emit }: Context) {
  emit('order.paid', { sum: 7 })
  try {
    emit('tasklet.completed')
  } catch (error) {
    return error.message
  }
}

export const next = () => 'ran'
`

const planText = (mode: string) => `
setpoint: 1
name: plan
actions: ./actions.ts
resources: { bench: 1 }
tasks:
  context: { run: context, mode: ${mode} }
  heedful: { run: heedful, mode: ${mode}, retry: { attempts: 5 } }
  deaf: { run: deaf, mode: ${mode}, resources: [bench] }
  telling: { run: telling, mode: ${mode} }
  next: { run: next, resources: [bench] }
`

/** A runtime over a plan folder on a manual clock, and what its handlers log. */
async function startFolder(mode: string) {
  const folder = await writeFolder({ 'plan.yaml': planText(mode), 'actions.ts': ACTIONS })
  const clock = new ManualClock()
  const working = Promise.withResolvers<Record<string, unknown>>()
  const none = () => {}
  const info = (_: string, fields: Record<string, unknown> = {}) => working.resolve(fields)
  const logger = { debug: none, info, warn: none, error: none }
  const store = memoryStore()
  const workers = { sync: 1, cpu: 1 }
  const runtime = await createRuntime({ plans: [folder], store, clock, logger, workers })
  await runtime.start()
  onTestFinished(() => runtime.stop())
  return { runtime, clock, folder, working: working.promise }
}

describe.each(['sync', 'cpu'])('a task of a plan folder in mode %s', (mode) => {
  it('gets its context, reports on the way, and hands its output out', async () => {
    const { runtime, folder, working } = await startFolder(mode)
    const progress: unknown[] = []
    runtime.events.on('tasklet.progress', ({ data }) => progress.push(data))
    const task = await runtime.submit('plan/context', { n: 7 }, { initialContext: 'c' })
    const output = await task.result()
    expect(output).toMatchObject({
      attempt: 1,
      taskletId: task.id,
      idempotencyKey: task.id,
      plan: { name: 'plan', folder },
      initialContext: 'c',
      kept: 49,
      isAborted: false,
    })
    expect((output as { pid: number }).pid === process.pid).toBe(mode === 'sync')
    expect(await working).toEqual({ half: true, taskletId: task.id, plan: 'plan', task: 'context' })
    expect(progress).toEqual([{ taskletId: task.id, share: 0.5, message: 'half' }])
  })

  it('tells events that come of its own, and is refused those of the runtime', async () => {
    const { runtime } = await startFolder(mode)
    const told: unknown[] = []
    runtime.events.on('order.*', ({ name, data }) => told.push([name, data]))
    const message = await runtime.call('plan/telling')
    expect(told).toEqual([['order.paid', { sum: 7 }]])
    expect(message).toContain('"tasklet.completed" is for the runtime to tell')
  })

  it('ends by itself when it heeds its signal, and is cancelled, not failed', async () => {
    const { runtime, working } = await startFolder(mode)
    const task = await runtime.submit('plan/heedful')
    const ended = expect(task.result()).rejects.toMatchObject({ kind: 'cancelled' })
    await working
    await task.cancel('enough')
    await ended
    const error = { kind: 'cancelled', message: 'enough' }
    expect(await runtime.get(task.id)).toMatchObject({ status: 'cancelled', attempts: 0, error })
  })

  it('times out by its kind, and its worker serves the next', async () => {
    const { runtime, clock, working } = await startFolder(mode)
    const given = { timeout: 1000, retry: { attempts: 1 } }
    const task = await runtime.submit('plan/heedful', undefined, given)
    const ended = expect(task.result()).rejects.toMatchObject({ kind: 'timeout' })
    await working
    await clock.advance(1000)
    await ended
    expect(await runtime.call('plan/context', { n: 2 })).toMatchObject({ kept: 4 })
  })

  it.each([
    ['cancelled', {}],
    ['timeout', { timeout: 1000 }],
  ])(
    'is killed when it ignores its signal, and holds its units until then: %s',
    async (kind, given) => {
      const { runtime, clock, working } = await startFolder(mode)
      const task = await runtime.submit('plan/deaf', undefined, given)
      const next = await runtime.submit('plan/next')
      const ended = expect(task.result()).rejects.toMatchObject({ kind })
      const { workerPid } = await working
      await clock.advance(1000)
      if (kind === 'cancelled') await task.cancel()
      await clock.advance(3999)
      expect([await task.status(), await next.status()]).toEqual(['running', 'pending'])
      await clock.advance('2s')
      expect(await next.result()).toBe('ran')
      await ended
      if (mode === 'cpu') expect(() => process.kill(Number(workerPid), 0)).toThrow('ESRCH')
    },
  )
})
