import { expect, test } from 'vitest'
import { allDone } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'
import { parallel, planOfSteps, run, sequence, step } from '../../../support/step-programs.ts'

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
