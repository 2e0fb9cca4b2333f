import { expect, test, vi } from 'vitest'
import { allDone } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'
import {
  parallel,
  planOfSteps,
  run,
  sequence,
  step,
  waitFor,
} from '../../../support/step-programs.ts'

function makeAlarmed(job: Parameters<typeof planOfSteps>[0][string], others = {}) {
  const seen: string[] = []
  const look = () => {
    seen.push('look')
  }
  const interrupts = { alarm: { on: 'alarm', run: 'look', victims: 'pause' } }
  const plan = planOfSteps({ job, ...others }, { look }, { interrupts })
  return { seen, plan }
}

test('An interrupt that pauses holds the run before its next step.', async () => {
  const gate = Promise.withResolvers<void>()
  const second = () => {
    seen.push('second')
  }
  const { seen, plan } = makeAlarmed(
    sequence(
      run('first', () => gate.promise),
      run('second', second),
    ),
  )
  const { runtime } = await startRuntime(plan)
  const job = await runtime.submit('plan/job')
  await allDone()
  runtime.events.emit('alarm', {})
  await allDone()
  gate.resolve()
  await job.result()
  expect(seen).toEqual(['look', 'second'])
})

test('A run stands only when none of its steps works any more.', async () => {
  const [short, long] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const nested = sequence(
    run('short', () => short.promise),
    run('next', () => {
      seen.push('next')
    }),
  )
  const beside = run('long', async () => {
    await long.promise
    seen.push('long')
  })
  const inner = step('inner', { kind: 'task', task: 'nested' })
  const { seen, plan } = makeAlarmed(parallel(inner, beside), { nested })
  const { runtime } = await startRuntime(plan)
  const job = await runtime.submit('plan/job')
  await allDone()
  runtime.events.emit('alarm', {})
  await allDone()
  short.resolve()
  await allDone()
  expect(seen).toEqual([])
  long.resolve()
  await job.result()
  expect(seen).toEqual(['long', 'look', 'next'])
})

/** A job of two steps beside each other, of which `stands` is held by a pause that lasts. */
async function startHeld(stands: Parameters<typeof run>[1]) {
  const look = Promise.withResolvers<void>()
  const open = Promise.withResolvers<void>()
  const job = parallel(
    step('inner', { kind: 'task', task: 'inner' }),
    waitFor('late', 'never', 5000),
  )
  const inner = sequence(
    run('first', () => open.promise),
    run('stands', stands),
  )
  const interrupts = { alarm: { on: 'alarm', run: 'look', victims: 'pause' } }
  const plan = planOfSteps({ job, inner }, { look: () => look.promise }, { interrupts })
  const { runtime, clock } = await startRuntime(plan)
  const submitted = await runtime.submit('plan/job')
  const alarm = async () => {
    runtime.events.emit('alarm', {})
    await clock.advance(0)
  }
  await clock.advance(0)
  return { runtime, clock, job: submitted, look, open, alarm }
}

test('A step that stands before it begins is given up at once when a step beside it fails.', async () => {
  const stands = vi.fn()
  const { runtime, clock, job, look, open, alarm } = await startHeld(stands)
  await alarm()
  open.resolve()
  await clock.advance(4999)
  expect((await runtime.get(job.id))?.status).toBe('running')
  await clock.advance(1)
  expect(await runtime.get(job.id)).toMatchObject({
    status: 'failed',
    error: { message: expect.stringContaining('step late took longer') },
  })
  expect(stands).not.toHaveBeenCalled()
  look.resolve()
})

test('A handler that stands at its checkpoint is told at once when a step beside it fails.', async () => {
  const { runtime, clock, job, look, open, alarm } = await startHeld(async ({ checkpoint }) => {
    await alarm()
    await checkpoint()
  })
  open.resolve()
  await clock.advance(5000)
  expect((await runtime.get(job.id))?.status).toBe('failed')
  look.resolve()
})
