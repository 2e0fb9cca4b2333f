import { type AnyActorLogic, type AnyActorRef, fromPromise, setup } from 'xstate'
import type { Tasklet } from '../src/core/tasklet.ts'
import type { EventsOf } from './events.ts'
import { executionMachine } from './execution.ts'
import { queueMachine } from './queue.ts'
import {
  forgive,
  judgeCrash,
  type RestartPolicy,
  type SupervisionEvent,
  type SupervisorContext,
} from './supervision.ts'

export type SchedulerEvent =
  | SupervisionEvent
  | EventsOf<{
      'tasklets.claimed': { readonly queue: string; readonly tasklets: readonly Tasklet[] }
      'work.available': { readonly queue: string }
      'room.freed': { readonly queue: string }
      'queue.pause': { readonly queue: string }
      'queue.resume': { readonly queue: string }
      'execution.idle': object
      'execution.drained': object
      /** Some children that live as long as the runtime end, and others take their places. */
      'residents.replaced': {
        readonly gone: readonly string[]
        readonly residents: readonly Resident[]
      }
      'scheduler.stop': object
      'scheduler.abort': object
    }>

/** A child that lives as long as the runtime: the twin of a plan's world, the watch of a rule. */
export interface Resident {
  readonly id: string
  readonly logic: AnyActorLogic
  /** Work that still runs while the runtime drains needs it. */
  readonly servesRunningWork: boolean
}

export interface SchedulerInput {
  readonly queues: readonly string[]
  readonly residents: readonly Resident[]
  readonly policy: RestartPolicy
}

interface SchedulerContext extends SupervisorContext {
  readonly queues: readonly string[]
  readonly residents: readonly Resident[]
  readonly failure: unknown
}

const QUEUE_PREFIX = 'queue:'

function queueActorId(queue: string): string {
  return `${QUEUE_PREFIX}${queue}`
}

function queueName(actorId: string): string {
  return actorId.slice(QUEUE_PREFIX.length)
}

/** A child between crash and restart hears nothing: it asks for its work anew when it is back. */
function isThere(self: AnyActorRef, id: string): boolean {
  return id in self.getSnapshot().children
}

/** Its logic is known only at run time; the types of `enqueue` want one that the machine names. */
function spawnResident(
  enqueue: { spawnChild: unknown },
  { id, logic }: Pick<Resident, 'id' | 'logic'>,
): void {
  const spawn = enqueue.spawnChild as (logic: AnyActorLogic, options: { id: string }) => void
  spawn(logic, { id })
}

interface Enqueue {
  assign(changes: Partial<SchedulerContext>): void
  cancel(id: string): void
  stopChild(id: string): void
}

/** Stops those that go, notes those that stay and come, and returns the latter. */
function exchangeResidents(
  { residents }: SchedulerContext,
  event: SchedulerEvent | { readonly type: string },
  enqueue: Enqueue,
  self: AnyActorRef,
): readonly Resident[] {
  const { gone, residents: come } = event as Extract<SchedulerEvent, { type: 'residents.replaced' }>
  const leaving = new Set([...gone, ...come.map(({ id }) => id)])
  for (const id of leaving) {
    // One that has crashed and waits for its restart must not come back beside its successor.
    enqueue.cancel(`restart:${id}`)
    if (isThere(self, id)) enqueue.stopChild(id)
  }
  enqueue.assign({ residents: [...residents.filter(({ id }) => !leaving.has(id)), ...come] })
  return come
}

const base = setup({
  types: {
    events: {} as SchedulerEvent,
    input: {} as SchedulerInput,
    context: {} as SchedulerContext,
  },
  actors: {
    boot: fromPromise(async () => {}),
    shutDown: fromPromise(async () => {}),
    execution: executionMachine,
    queue: queueMachine,
  },
  actions: {
    reportReady: () => {},
    reportStopped: () => {},
    reportRestart: (_, _params: { id: string; delay: number; error: unknown }) => {},
  },
})

const routing = base.extend({
  actions: {
    routeToExecution: base.enqueueActions(({ event, enqueue, self }) => {
      if (isThere(self, 'execution')) enqueue.sendTo('execution', event)
    }),
    routeToQueue: base.enqueueActions(({ event, enqueue, self }) => {
      if (!('queue' in event)) return
      const id = queueActorId(event.queue)
      if (isThere(self, id)) enqueue.sendTo(id, { type: event.type })
    }),
    drainResidents: base.enqueueActions(({ context, enqueue, self }) => {
      for (const id of context.queues.map(queueActorId)) {
        if (isThere(self, id)) enqueue.sendTo(id, { type: 'queue.drain' })
      }
      for (const { id, servesRunningWork } of context.residents) {
        if (!servesRunningWork && isThere(self, id)) enqueue.stopChild(id)
      }
      if (isThere(self, 'execution')) enqueue.sendTo('execution', { type: 'execution.drain' })
    }),
    abortExecution: base.enqueueActions(({ enqueue, self }) => {
      if (isThere(self, 'execution')) enqueue.sendTo('execution', { type: 'execution.abort' })
    }),
  },
})

const supervising = routing.extend({
  actions: {
    startResidents: base.enqueueActions(({ context, enqueue }) => {
      for (const { id, logic } of context.residents) spawnResident(enqueue, { id, logic })
      enqueue.spawnChild('execution', { id: 'execution' })
      for (const name of context.queues) {
        enqueue.spawnChild('queue', { id: queueActorId(name), input: { name } })
      }
    }),
    superviseCrash: base.enqueueActions(({ context, event, enqueue }) => {
      const { actorId: id, error } = event as unknown as { actorId: string; error: unknown }
      const verdict = judgeCrash(context, id)
      enqueue.stopChild(id)
      const total = context.total + 1
      enqueue.assign({ crashes: { ...context.crashes, [id]: verdict.crashes }, total })
      if ('escalate' in verdict) {
        enqueue.raise({ type: 'child.escalated', id, error })
        return
      }
      const { restartIn: delay } = verdict
      enqueue({ type: 'reportRestart', params: { id, delay, error } })
      enqueue.raise({ type: 'child.restart', id }, { delay, id: `restart:${id}` })
      const within = context.policy.within
      const forgiving = `forgive:${id}:${total}`
      enqueue.raise({ type: 'child.forgiven', id }, { delay: within, id: forgiving })
    }),
    replaceResidents: base.enqueueActions(({ context, event, enqueue, self }) => {
      const come = exchangeResidents(context, event, enqueue, self)
      for (const resident of come) spawnResident(enqueue, resident)
    }),
    /** While the runtime drains, only what running work needs still comes. */
    replaceDraining: base.enqueueActions(({ context, event, enqueue, self }) => {
      const come = exchangeResidents(context, event, enqueue, self)
      for (const resident of come) if (resident.servesRunningWork) spawnResident(enqueue, resident)
    }),
    restartChild: base.enqueueActions(({ context, event, enqueue }) => {
      const { id } = event as Extract<SchedulerEvent, { type: 'child.restart' }>
      const resident = context.residents.find((each) => each.id === id)
      if (resident !== undefined) spawnResident(enqueue, resident)
      else if (id === 'execution') enqueue.spawnChild('execution', { id })
      else enqueue.spawnChild('queue', { id, input: { name: queueName(id) } })
    }),
    /** While the runtime drains, only what running work needs comes back. */
    restartDraining: base.enqueueActions(({ context, event, enqueue }) => {
      const { id } = event as Extract<SchedulerEvent, { type: 'child.restart' }>
      const resident = context.residents.find((each) => each.id === id)
      if (resident?.servesRunningWork) spawnResident(enqueue, resident)
      if (id !== 'execution') return
      enqueue.spawnChild('execution', { id })
      enqueue.sendTo('execution', { type: 'execution.drain' })
    }),
    forgiveChild: base.assign({
      crashes: ({ context, event }) => forgive(context, (event as { id: string }).id),
    }),
    keepFailure: base.assign({
      // Whatever was thrown: a failure must not look like a clean end.
      failure: ({ event }: { event: object }) =>
        ('error' in event ? event.error : undefined) ?? new Error('failed without giving a reason'),
    }),
  },
})

/**
 * The root: starts and supervises the resident actors, and routes messages between the queues and
 * the execution manager. It decides nothing about a single tasklet, so its cost is per batch.
 */
export const schedulerMachine = supervising.createMachine({
  id: 'scheduler',
  context: ({ input }) => ({ ...input, crashes: {}, total: 0, failure: undefined }),
  initial: 'booting',
  on: {
    'tasklets.claimed': { actions: 'routeToExecution' },
    'execution.idle': { actions: 'routeToExecution' },
    'work.available': { actions: 'routeToQueue' },
    'room.freed': { actions: 'routeToQueue' },
    'queue.pause': { actions: 'routeToQueue' },
    'queue.resume': { actions: 'routeToQueue' },
    'child.forgiven': { actions: 'forgiveChild' },
    'child.restart': { actions: 'restartChild' },
    'residents.replaced': { actions: 'replaceResidents' },
    'child.escalated': { target: '.failed', actions: 'keepFailure' },
    'xstate.error.actor.*': { actions: 'superviseCrash' },
  },
  states: {
    booting: {
      description: 'Opens the store and takes back what dead processes left.',
      invoke: {
        src: 'boot',
        onDone: { target: 'running' },
        onError: { target: 'failed', actions: 'keepFailure' },
      },
    },
    running: {
      description: 'Queues hand out work, the execution manager runs it.',
      entry: ['startResidents', 'reportReady'],
      on: { 'scheduler.stop': { target: 'draining' } },
    },
    draining: {
      description: 'Takes in nothing more and lets running work end until the deadline.',
      entry: 'drainResidents',
      on: {
        'child.restart': { actions: 'restartDraining' },
        'residents.replaced': { actions: 'replaceDraining' },
        'scheduler.abort': { actions: 'abortExecution' },
        'execution.drained': { target: 'closing' },
      },
    },
    closing: {
      description: 'Writes down what is left and closes the store.',
      invoke: {
        src: 'shutDown',
        onDone: { target: 'stopped' },
        onError: { target: 'failed', actions: 'keepFailure' },
      },
    },
    stopped: { description: 'Everything has ended.', type: 'final', entry: 'reportStopped' },
    failed: {
      description: 'Boot failed or a resident crashed too often; the cause is in `failure`.',
      entry: 'reportStopped',
      type: 'final',
    },
  },
})
