import { setup } from 'xstate'

/** What happens to a tasklet. Events carry nothing: the data is in the record. */
export type TaskletEvent = { readonly type: TaskletEventType }

export type TaskletEventType =
  | 'tasklet.unblocked'
  | 'tasklet.postponed'
  | 'tasklet.due'
  | 'tasklet.claimed'
  | 'tasklet.granted'
  | 'tasklet.prepared'
  | 'tasklet.ended'
  | 'tasklet.completed'
  | 'tasklet.failed'
  | 'tasklet.cancelled'
  | 'tasklet.retried'
  | 'tasklet.returned'
  | 'tasklet.passivated'

/**
 * The life of a tasklet. The top states are the statuses of its record, the states within `running`
 * its phases. An actor exists from claim to settlement; everything before and after is a record.
 *
 * INVARIANT: no context, guards, assignments, invocations, timers or history. So a transition
 * depends on state and event type alone, and `memoise` may compute each only once.
 */
export const taskletMachine = setup({
  types: { events: {} as TaskletEvent },
  actions: {
    acquire: () => {},
    prepare: () => {},
    execute: () => {},
    settle: () => {},
  },
}).createMachine({
  id: 'tasklet',
  initial: 'pending',
  states: {
    blocked: {
      description: 'Waits until the tasklets it depends on are settled.',
      on: {
        'tasklet.unblocked': { target: 'pending' },
        'tasklet.postponed': { target: 'scheduled' },
        'tasklet.failed': { target: 'failed' },
        'tasklet.cancelled': { target: 'cancelled' },
      },
    },
    scheduled: {
      description: 'Meant for a later time and never leased before it.',
      on: {
        'tasklet.due': { target: 'pending' },
        'tasklet.failed': { target: 'failed' },
        'tasklet.cancelled': { target: 'cancelled' },
      },
    },
    pending: {
      description: 'May run as soon as a queue with room claims it.',
      on: {
        'tasklet.claimed': { target: 'running' },
        'tasklet.failed': { target: 'failed' },
        'tasklet.cancelled': { target: 'cancelled' },
      },
    },
    running: {
      description: 'Leased by one runtime process under a fencing token.',
      initial: 'acquiring',
      on: {
        'tasklet.ended': { target: '.settling' },
        'tasklet.returned': { target: 'pending' },
        'tasklet.failed': { target: 'failed' },
      },
      states: {
        acquiring: {
          description: 'Waits for its slot, resources and state lease: all at once or none.',
          entry: 'acquire',
          on: { 'tasklet.granted': { target: 'preparing' } },
        },
        preparing: {
          description: 'The world is brought into the state that the task requires.',
          entry: 'prepare',
          on: { 'tasklet.prepared': { target: 'executing' } },
        },
        executing: {
          description: 'The handler works.',
          entry: 'execute',
        },
        settling: {
          description: 'The outcome is known and is being written down, once.',
          entry: 'settle',
          on: {
            'tasklet.completed': { target: '#tasklet.completed' },
            'tasklet.cancelled': { target: '#tasklet.cancelled' },
            'tasklet.retried': { target: '#tasklet.retrying' },
            'tasklet.passivated': { target: '#tasklet.scheduled' },
            'tasklet.ended': {},
          },
        },
      },
    },
    retrying: {
      description: 'Failed, has attempts left, and waits for its backoff to pass.',
      on: {
        'tasklet.due': { target: 'pending' },
        'tasklet.failed': { target: 'failed' },
        'tasklet.cancelled': { target: 'cancelled' },
      },
    },
    completed: { description: 'Done; its output is kept.', type: 'final' },
    failed: { description: 'Given up; it stands in the dead letters.', type: 'final' },
    cancelled: { description: 'Stopped on request.', type: 'final' },
  },
})
