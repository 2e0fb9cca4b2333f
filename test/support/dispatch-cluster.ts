import { expect, onTestFinished, vi } from 'vitest'
import { memoryDispatch } from '../../src/dispatch/memory/dispatch.ts'
import type { Plan } from '../../src/plan/model.ts'
import type { Dispatch } from '../../src/ports/dispatch.ts'
import type { Store } from '../../src/ports/store.ts'
import type { ClaimRequest } from '../../src/ports/store-messages.ts'
import type { RuntimeOptions } from '../../src/runtime/options/options.ts'
import { Runtime } from '../../src/runtime/runtime.ts'
import { type FaultyBroker, faultyBroker } from './faulty-broker.ts'
import { keptLog } from './logs.ts'
import { ManualClock } from './manual-clock.ts'
import { planOf } from './runtimes.ts'
import { sharedStore } from './shared-store.ts'

export interface ClusterOptions {
  readonly count: number
  readonly options?: RuntimeOptions
  readonly broker?: FaultyBroker
  /** Of others that were there before. */
  readonly store?: Store
  /** The store as one of the processes has it. */
  readonly way?: (store: Store, index: number) => Store
  readonly dispatch?: (broker: FaultyBroker, index: number) => Dispatch
  readonly plans?: (index: number) => readonly Plan[]
}

/** Several runtimes on one store, one broker and one clock that stands still. */
export async function startDispatchCluster(plan: Plan, cluster: ClusterOptions) {
  const { count, options, broker = faultyBroker(), store = sharedStore() } = cluster
  const { way = (same: Store) => same } = cluster
  const clock = new ManualClock()
  const nodes = Array.from({ length: count }, (_, index) => {
    const log = keptLog()
    const dispatch = cluster.dispatch?.(broker, index) ?? memoryDispatch(broker)
    const settings = { concurrency: 4, random: () => 0, clock, logger: log, dispatch, ...options }
    const runtime = new Runtime(cluster.plans?.(index) ?? [plan], way(store, index), settings)
    return { runtime, log }
  })
  onTestFinished(async () => {
    const running = nodes.filter(({ runtime }) => runtime.status === 'running')
    const stopping = Promise.all(running.map(({ runtime }) => runtime.stop()))
    await clock.advance('1m')
    await stopping
  })
  for (const { runtime } of nodes) await runtime.start()
  return { store, clock, broker, nodes }
}

/** A plan whose task notes its inputs. */
export function noting(settings: object = {}) {
  const runs: unknown[] = []
  const work = { ...settings, run: ({ input }: { input: unknown }) => void runs.push(input) }
  return { plan: planOf({ work }), runs }
}

/** A plan whose task runs until it is let go. */
export function holding(settings: object = {}) {
  const running: { readonly input: unknown; end(): void }[] = []
  const run = ({ input }: { input: unknown }) =>
    new Promise<void>((resolve) => running.push({ input, end: resolve }))
  return { plan: planOf({ work: { ...settings, run } }), running }
}

/** The store, and what it was asked to lease. */
export function watchClaims() {
  const requests: ClaimRequest[] = []
  const way = (store: Store): Store =>
    new Proxy(store, {
      get(target, method: keyof Store) {
        const member = target[method]
        if (method !== 'claim') return member
        return (request: ClaimRequest) => {
          requests.push(request)
          return target.claim(request)
        }
      },
    })
  return { requests, way }
}

export const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

export async function completed(store: Store, count: number): Promise<void> {
  await vi.waitFor(async () => expect((await store.counts()).completed).toBe(count))
}
