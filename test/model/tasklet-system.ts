import { expect, onTestFinished } from 'vitest'
import { FatalError } from '../../src/core/errors.ts'
import { isFinal, type Status } from '../../src/core/status.ts'
import { definePlan } from '../../src/plan/define.ts'
import { compilePlan } from '../../src/plan/load.ts'
import type { Store } from '../../src/ports/store.ts'
import { Passivation } from '../../src/runtime/deliveries/passivation.ts'
import type { TaskletHandle } from '../../src/runtime/intake/handle.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { type HeldStore, heldStore } from '../support/held-store.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { Drivers, ModelSystem, Path } from '../support/model-paths.ts'
import { makeRuntime } from '../support/runtimes.ts'

const DELAY = 60_000
const EXPIRY = 30_000

/**
 * A real runtime with one tasklet in the queue `main`, and everything that could carry it on held
 * by hand: the queue, a dependency, the resource, the check of its state, the handler, the store.
 */
export class TaskletSystem implements ModelSystem {
  readonly clock = new ManualClock()
  readonly held: HeldStore
  readonly runtime: Runtime
  readonly first = Promise.withResolvers<void>()
  readonly holder = Promise.withResolvers<void>()
  readonly check = Promise.withResolvers<boolean>()
  readonly work = Promise.withResolvers<string>()
  #tasklet: TaskletHandle | undefined

  constructor(store: Store) {
    this.held = heldStore(store)
    const options = { concurrency: 2, queues: { event: { concurrency: 5 } } }
    this.runtime = makeRuntime(this.#plan(), options, this.held.store, this.clock).runtime
  }

  async start(path: Path): Promise<void> {
    const last = path.at(-1)
    const expires = last?.type === 'tasklet.failed' && path.every(({ from }) => isWaiting(from))
    const delayed =
      path[0]?.from === 'scheduled' || path.some(({ type }) => type === 'tasklet.postponed')
    const { runtime } = this
    onTestFinished(() => this.held.releaseAll())
    await runtime.start()
    await runtime.queue('main').pause()
    await runtime.submit('plan/holder', undefined, { queue: 'event' })
    const waits = path[0]?.from === 'blocked'
    const first = waits
      ? await runtime.submit('plan/first', undefined, { queue: 'event' })
      : undefined
    const retrying = path.some(({ to }) => to === 'retrying') && last?.type === 'tasklet.failed'
    this.#tasklet = await runtime.submit('plan/task', undefined, {
      ...(delayed ? { delay: DELAY } : {}),
      ...(expires || retrying ? { expiresAfter: EXPIRY } : {}),
      ...(first === undefined ? {} : { dependsOn: [first.id] }),
    })
  }

  get id(): string {
    return this.#tasklet?.id ?? ''
  }

  async state(): Promise<string> {
    const view = await this.runtime.get(this.id)
    return view?.status === 'running' ? `running.${view.phase}` : (view?.status ?? 'missing')
  }

  async expect(state: string): Promise<void> {
    expect(await this.state()).toBe(state)
    const status = state.split('.')[0] as Status
    expect(await this.runtime.counts('main')).toMatchObject({ [status]: 1 })
    const record = await this.held.store.get(this.id)
    expect(record?.lease === undefined).toBe(status !== 'running')
    expect(record?.settledAt === undefined).toBe(!isFinal(status))
  }

  /** What another process does with the lease of one that has died. */
  async loseLease(maxDeliveries: number): Promise<void> {
    const owners = await this.held.store.owners()
    const now = this.clock.now()
    await this.held.store.rescue({ now, deadOwners: owners, maxDeliveries })
  }

  async claim(): Promise<void> {
    const claimed = Promise.withResolvers<void>()
    const leave = this.runtime.events.on('tasklet.phase', () => claimed.resolve())
    await this.runtime.queue('main').resume()
    await claimed.promise
    leave()
    await this.runtime.queue('main').pause()
  }

  /** The work ends in the way from which the next move of the path follows. */
  async end(next: Path): Promise<void> {
    this.held.hold('settle')
    switch (next[0]?.type) {
      case 'tasklet.failed':
        return this.work.reject(new FatalError('broken'))
      case 'tasklet.retried':
        return this.work.reject(new Error('broken'))
      case 'tasklet.cancelled':
        return void (await this.cancel())
      case 'tasklet.returned':
        return void this.runtime.stop()
      case 'tasklet.passivated':
        return this.work.reject(new Passivation(this.clock.now() + DELAY))
      default:
        return this.work.resolve('done')
    }
  }

  async cancel(): Promise<void> {
    await this.runtime.cancel(this.id)
  }

  #plan() {
    const state = (name: string) => ({ meta: { check: name } })
    return compilePlan(
      definePlan({
        name: 'plan',
        resources: { seat: 1 },
        machine: {
          id: 'world',
          initial: 'off',
          states: {
            off: { ...state('isOff'), on: { START: { target: 'on', meta: { task: 'start' } } } },
            on: state('isOn'),
          },
        },
        checks: {
          isOff: () => this.check.promise.then((on) => !on),
          isOn: () => this.check.promise,
        },
        tasks: {
          first: () => this.first.promise,
          holder: { resources: ['seat'], run: () => this.holder.promise },
          start: () => {},
          task: {
            resources: ['seat'],
            requires: 'on',
            // So it waits for its resource as a running tasklet and not in the store.
            acquireTimeout: '1h',
            retry: { attempts: 2, backoff: { type: 'fixed', delay: DELAY } },
            run: ({ signal }: { signal: AbortSignal }) => {
              signal.addEventListener('abort', () => this.work.reject(signal.reason))
              return this.work.promise
            },
          },
        },
      } as unknown as Parameters<typeof definePlan>[0]),
    )
  }
}

function isWaiting(state: string): boolean {
  return !state.startsWith('running')
}

const expire = ({ clock }: TaskletSystem) => clock.advance(EXPIRY)
const cancel = (system: TaskletSystem) => system.cancel()
const comeDue = ({ clock }: TaskletSystem) => clock.advance(DELAY)
const settle = ({ held }: TaskletSystem) => held.release('settle')
const die = (system: TaskletSystem) => system.loseLease(3)
const dieTooOften = (system: TaskletSystem) => system.loseLease(1)
const stopEarly = async (system: TaskletSystem) => {
  system.held.hold('settle')
  await system.cancel()
}

/** How each move of the tasklet machine is made to happen. */
export const taskletDrivers: Drivers<TaskletSystem> = {
  'blocked tasklet.unblocked': ({ first }) => first.resolve(),
  'blocked tasklet.postponed': ({ first }) => first.resolve(),
  'blocked tasklet.failed': ({ first }) => first.reject(new FatalError('broken')),
  'blocked tasklet.cancelled': cancel,
  'scheduled tasklet.due': comeDue,
  'scheduled tasklet.failed': expire,
  'scheduled tasklet.cancelled': cancel,
  'pending tasklet.claimed': (system) => system.claim(),
  'pending tasklet.failed': expire,
  'pending tasklet.cancelled': cancel,
  'running.acquiring tasklet.granted': ({ holder }) => holder.resolve(),
  'running.acquiring tasklet.ended': stopEarly,
  'running.acquiring tasklet.returned': die,
  'running.acquiring tasklet.failed': dieTooOften,
  'running.preparing tasklet.prepared': ({ check }) => check.resolve(true),
  'running.preparing tasklet.ended': stopEarly,
  'running.preparing tasklet.returned': die,
  'running.preparing tasklet.failed': dieTooOften,
  'running.executing tasklet.ended': (system, next) => system.end(next),
  'running.executing tasklet.returned': die,
  'running.executing tasklet.failed': dieTooOften,
  'running.settling tasklet.completed': settle,
  'running.settling tasklet.cancelled': settle,
  'running.settling tasklet.retried': settle,
  'running.settling tasklet.passivated': settle,
  'running.settling tasklet.returned': settle,
  'running.settling tasklet.failed': settle,
  'retrying tasklet.due': comeDue,
  'retrying tasklet.failed': expire,
  'retrying tasklet.cancelled': cancel,
}
