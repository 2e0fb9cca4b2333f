import { InputError } from '../../../../src/core/errors.ts'
import type { Task } from '../../../../src/plan/model.ts'
import type { ClaimRequest } from '../../../../src/ports/store-messages.ts'
import { type PullOptions, Pulls } from '../../../../src/runtime/operations/pulls.ts'
import { watchedStore } from '../../../support/watched-store.ts'
import { makeScene, registryOf } from './scene.ts'

const BACKOFF = {
  attempts: 3,
  backoff: { type: 'fixed', delay: 1000 },
  except: [],
  onPlanning: false,
} as const

export async function makePulls(task: Partial<Task> = {}, limits: Partial<ClaimRequest> = {}) {
  const scene = await makeScene()
  const { store, calls } = watchedStore(scene.store)
  const own = registryOf({ task: { external: true, retry: BACKOFF, ...task }, own: {} })
  const ended: string[] = []
  const pulls = new Pulls({
    ...scene.changes,
    ended: ({ id }) => ended.push(id),
    store,
    clock: scene.clock,
    rules: { now: () => scene.clock.now(), random: () => 0 },
    registry: own,
    requireQueue: (name) => {
      if (!['main', 'other'].includes(name)) throw new InputError(`there is no queue "${name}"`)
    },
    claimRequest: (queue) => ({ ...scene.claimRequest(queue), ...limits }),
  })
  const one = async (options: PullOptions = {}) => {
    const [item] = await pulls.pull(options)
    if (item === undefined) throw new Error('nothing was pulled')
    return item
  }
  const claims = () => calls.filter((call) => call === 'claim').length
  return { ...scene, pulls, one, claims, ended }
}
