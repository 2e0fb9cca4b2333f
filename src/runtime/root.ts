import { type Actor, createActor, fromPromise } from 'xstate'
import { executionMachine } from '../../machines/execution.ts'
import { queueMachine } from '../../machines/queue.ts'
import { type Resident, schedulerMachine } from '../../machines/scheduler.ts'
import type { Claims } from './claims/claims.ts'
import type { Deliveries } from './deliveries/deliveries.ts'
import { withOwnChildren } from './deliveries/own-children.ts'
import type { Settings } from './options/options.ts'

export type RootActor = Actor<typeof schedulerMachine>

export interface RootEffects {
  boot(): Promise<void>
  shutDown(): Promise<void>
  ready(): void
  stopped(failure: unknown): void
  restarted(id: string, delay: number, error: unknown): void
}

/** The root actor with the effects of all resident machines in their places. Not started yet. */
export function createRoot(
  settings: Settings,
  claims: Claims,
  deliveries: Deliveries,
  residents: readonly Resident[],
  effects: RootEffects,
): RootActor {
  const logic = schedulerMachine.provide({
    actors: {
      boot: fromPromise(() => effects.boot()),
      shutDown: fromPromise(() => effects.shutDown()),
      execution: withOwnChildren(
        provideExecution(claims, deliveries, () => root),
        deliveries,
      ),
      queue: provideQueue(claims),
    },
    actions: {
      reportReady: () => effects.ready(),
      reportStopped: ({ context }) => effects.stopped(context.failure),
      reportRestart: (_, { id, delay, error }) => effects.restarted(id, delay, error),
    },
  })
  const { inspect } = settings
  const root: RootActor = createActor(logic, {
    systemId: 'scheduler',
    input: { queues: [...settings.queues.keys()], residents, policy: settings.supervision },
    clock: toTimers(settings),
    ...(inspect === undefined ? {} : { inspect }),
  })
  return root
}

function provideExecution(claims: Claims, deliveries: Deliveries, root: () => RootActor) {
  return executionMachine.provide({
    actions: {
      takeOverTasklets: ({ self }) => deliveries.takeOver(self),
      adoptTasklets: ({ self }, { tasklets }) => deliveries.adopt(tasklets, self),
      returnTasklets: ({ self }, { tasklets }) => deliveries.giveBack(tasklets, self),
      abortTasklets: () =>
        deliveries.stopAll({ kind: 'returned', message: 'the runtime is stopping' }),
      reportIdle: ({ self }) => {
        const report = () => {
          if (self.getSnapshot().status === 'active') self.send({ type: 'execution.idle' })
        }
        // A claim under way may still bring work that has to be given back.
        void claims.stop().then(() => deliveries.whenIdle(report))
      },
      announceDrained: () => root().send({ type: 'execution.drained' }),
    },
  })
}

function provideQueue(claims: Claims) {
  return queueMachine.provide({
    actions: {
      claim: ({ self, context: { name } }) => {
        const available = () => self.send({ type: 'work.available' })
        const claiming = claims.claim({ queue: name, available })
        void claiming.then((type) => self.send({ type }))
      },
      scheduleRetry: ({ self }) => claims.scheduleRetry(() => self.send({ type: 'claim.retry' })),
    },
  })
}

/** The clock port as XState wants it: restart delays run on the same clock as everything else. */
function toTimers({ clock }: Settings) {
  return {
    setTimeout: (fn: () => void, delay: number) => clock.setTimer(clock.now() + delay, fn),
    clearTimeout: (cancel: () => void) => cancel(),
  }
}
