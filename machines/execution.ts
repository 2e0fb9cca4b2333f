import { type AnyActorRef, setup, stopChild } from 'xstate'
import type { Tasklet } from '../src/core/tasklet.ts'
import type { EventsOf } from './events.ts'

export type ExecutionEvent = EventsOf<{
  'tasklets.claimed': { readonly queue: string; readonly tasklets: readonly Tasklet[] }
  /** The tasklet's delivery ended without its life being over: its actor goes, its record stays. */
  'tasklet.released': { readonly actor: AnyActorRef }
  'execution.drain': object
  'execution.abort': object
  'execution.idle': object
}>

/** Owns the tasklets that this process has claimed: gives each an actor and what it needs to run. */
export const executionMachine = setup({
  types: { events: {} as ExecutionEvent },
  actions: {
    takeOverTasklets: () => {},
    adoptTasklets: (_, _params: { tasklets: readonly Tasklet[] }) => {},
    returnTasklets: (_, _params: { tasklets: readonly Tasklet[] }) => {},
    abortTasklets: () => {},
    reportIdle: () => {},
    announceDrained: () => {},
    stopTasklet: stopChild((_, params: { actor: AnyActorRef }) => params.actor),
  },
}).createMachine({
  id: 'execution',
  initial: 'working',
  on: {
    'tasklet.released': {
      actions: { type: 'stopTasklet', params: ({ event }) => ({ actor: event.actor }) },
    },
  },
  states: {
    working: {
      description: 'Adopts whatever the queues have claimed, and first what a crash left behind.',
      entry: 'takeOverTasklets',
      on: {
        'tasklets.claimed': {
          actions: {
            type: 'adoptTasklets',
            params: ({ event }) => ({ tasklets: event.tasklets }),
          },
        },
        'execution.drain': { target: 'stopping' },
        'execution.abort': { target: 'stopping.aborting' },
      },
    },
    stopping: {
      description: 'Adopts nothing more; a claim that comes late goes back to its queue.',
      on: {
        'tasklets.claimed': {
          actions: {
            type: 'returnTasklets',
            params: ({ event }) => ({ tasklets: event.tasklets }),
          },
        },
        'execution.idle': { target: 'drained' },
      },
      initial: 'draining',
      states: {
        draining: {
          description: 'Running work may still end by itself.',
          entry: 'reportIdle',
          on: { 'execution.abort': { target: 'aborting' } },
        },
        aborting: {
          description:
            'The drain deadline has passed: running work is told to stop and given back.',
          entry: ['abortTasklets', 'reportIdle'],
        },
      },
    },
    drained: {
      description: 'Nothing runs in this process any more.',
      entry: 'announceDrained',
      type: 'final',
    },
  },
})
