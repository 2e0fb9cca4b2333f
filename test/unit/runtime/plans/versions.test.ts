import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../../src/plan/model.ts'
import { Versions } from '../../../../src/runtime/plans/versions.ts'
import { planOf } from '../../../support/runtimes.ts'

function version(description: string): Plan {
  return planOf({ work: () => description }, { description })
}

function start() {
  const [one, two] = [version('one'), version('two')]
  const versions = new Versions([one])
  const retired: Plan[] = []
  versions.onRetired((plan) => void retired.push(plan))
  return { versions, retired, one, two }
}

describe('the versions of a plan', () => {
  it('are the current one, and those that somebody holds', () => {
    const { versions, retired, one, two } = start()
    const [a, b] = [{}, {}]
    versions.hold(one, a)
    versions.hold(one, b)
    versions.replace(two)
    expect(versions.current).toEqual([two])
    expect(versions.older('plan')).toEqual([one])
    versions.letGo(one, a)
    versions.letGo(one, a)
    expect(retired).toEqual([])
    versions.letGo(one, b)
    expect(retired).toEqual([one])
    expect(versions.older('plan')).toEqual([])
  })

  it('are not retired while they are current', () => {
    const { versions, retired, one } = start()
    const holder = {}
    versions.hold(one, holder)
    versions.letGo(one, holder)
    expect(retired).toEqual([])
    expect(versions.get('plan')).toBe(one)
  })

  it('may become current again while they are held', () => {
    const { versions, retired, one, two } = start()
    const holder = {}
    versions.hold(one, holder)
    versions.replace(two)
    versions.replace(one)
    versions.letGo(one, holder)
    expect(retired).toEqual([])
    expect(versions.older('plan')).toEqual([])
  })

  it('are kept for a tasklet only as long as they are held', () => {
    const { versions, one, two } = start()
    const holder = {}
    const tasklet = { id: 'id', plan: 'plan' }
    versions.hold(one, holder)
    versions.replace(two)
    versions.keepFor('id', one)
    expect(versions.versionFor(tasklet)).toBe(one)
    versions.letGo(one, holder)
    expect(versions.versionFor(tasklet)).toBe(two)
  })
})
