import { expect, it, vi } from 'vitest'
import { makeCluster } from '../../../support/cluster.ts'
import { startDispatchCluster } from '../../../support/dispatch-cluster.ts'
import { planOf } from '../../../support/runtimes.ts'

it('a process that runs nothing sees a condition, and goes on when another has answered', async () => {
  const answers: string[] = []
  let isAlarm = false
  const answer = () => {
    isAlarm = false
    answers.push('answered')
  }
  const settings = {
    checks: { alarm: () => isAlarm },
    interrupts: { alarm: { when: 'alarm', every: '1s', run: 'answer' } },
  }
  const plan = planOf({ answer }, settings)
  const quiet = planOf({ answer })
  const cluster = makeCluster()
  const { nodes, clock, broker } = await startDispatchCluster(plan, {
    count: 1,
    store: cluster.join().store,
    options: { work: [] },
  })
  const told: string[] = []
  nodes[0]?.runtime.events.on('interrupt.*', ({ name }) => told.push(name))
  isAlarm = true
  await clock.advance('1s')
  await vi.waitFor(() => expect(told).toEqual(['interrupt.fired']))
  await startDispatchCluster(quiet, { count: 1, store: cluster.join().store, broker })
  await vi.waitFor(() => expect(answers).toEqual(['answered']))
  await clock.advance('5s')
  await vi.waitFor(() => expect(told).toEqual(['interrupt.fired', 'interrupt.ended']))
})
