import { describe, expect, it } from 'vitest'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import type { Plan } from '../../../../src/plan/model.ts'
import { PassivatedRuns } from '../../../../src/runtime/plans/passivated-runs.ts'
import { Versions } from '../../../../src/runtime/plans/versions.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { planOf } from '../../../support/runtimes.ts'

const lease = (owner: string) => ({ owner, token: 2, until: 0 })

/** A run that sleeps after its first delivery, and whose plan has another version now. */
function start() {
  const [one, two] = [planOf({ work: () => 1 }), planOf({ work: () => 2 })]
  const versions = new Versions([one])
  const retired: Plan[] = []
  versions.onRetired((plan) => void retired.push(plan))
  const clock = new ManualClock()
  const stored = new Map<string, Tasklet>()
  let looks = 0
  const store = {
    getMany: (ids: readonly string[]) => {
      looks += 1
      return Promise.resolve(ids.flatMap((id) => stored.get(id) ?? []))
    },
  }
  const runs = new PassivatedRuns({ versions, owner: 'me', store, clock })
  const asleep = newTasklet({ id: 'id', plan: 'plan', status: 'scheduled', deliveries: 1 })
  stored.set('id', asleep)
  runs.keep(asleep, one)
  versions.replace(two)
  const become = (changes: Partial<Tasklet>) => void stored.set('id', { ...asleep, ...changes })
  return { runs, retired, one, clock, stored, become, asleep, looks: () => looks }
}

describe('A run that sleeps', () => {
  it('holds its version as long as it sleeps or is awake in this process', async () => {
    const { runs, retired, one, clock, become, asleep } = start()
    await runs.refresh()
    become({ status: 'running', deliveries: 2, lease: lease('me') })
    await clock.advance('1m')
    await runs.refresh()
    expect(retired).toEqual([])
    expect(runs.versionOf({ ...asleep, deliveries: 2 })).toBe(one)
  })

  it.each([
    ['another process goes on with it', { status: 'running', deliveries: 2, lease: lease('it') }],
    ['it sleeps after another process had it', { status: 'scheduled', deliveries: 2 }],
    ['it has ended elsewhere', { status: 'completed', deliveries: 1 }],
  ] as const)('lets go of it when %s', async (_, changes) => {
    const { runs, retired, one, become } = start()
    become(changes)
    await runs.refresh()
    expect(retired).toEqual([one])
  })

  it('lets go of it when its record is gone', async () => {
    const { runs, retired, one, stored } = start()
    stored.clear()
    await runs.refresh()
    expect(retired).toEqual([one])
  })

  it('does not go on with it after another process had it', () => {
    const { runs, asleep } = start()
    expect(runs.versionOf({ ...asleep, deliveries: 3 })).toBeUndefined()
  })

  it('is looked at once a minute at most', async () => {
    const { runs, clock, looks } = start()
    await runs.refresh()
    await runs.refresh()
    expect(looks()).toBe(1)
    await clock.advance('1m')
    await runs.refresh()
    expect(looks()).toBe(2)
  })
})
