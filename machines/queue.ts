import { setup } from 'xstate'

export type QueueEvent = { readonly type: QueueEventType }

export type QueueEventType =
  | 'work.available'
  | 'room.freed'
  | 'claim.exhausted'
  | 'claim.more'
  | 'claim.full'
  | 'claim.failed'
  | 'claim.retry'
  | 'queue.pause'
  | 'queue.resume'
  | 'queue.drain'

/**
 * One queue. It asks the store for work whenever it has room and work may be there, with one claim
 * under way at a time. What waits are records in the store, never events in a mailbox.
 */
export const queueMachine = setup({
  types: {
    events: {} as QueueEvent,
    input: {} as { readonly name: string },
    context: {} as { readonly name: string },
  },
  actions: {
    claim: () => {},
    scheduleRetry: () => {},
  },
}).createMachine({
  id: 'queue',
  context: ({ input }) => ({ name: input.name }),
  initial: 'open',
  on: {
    'queue.pause': { target: '.paused' },
    'queue.drain': { target: '.draining' },
  },
  states: {
    open: {
      description: 'Hands out work.',
      initial: 'claiming',
      states: {
        idle: {
          description: 'The store has no more work that could run now.',
          on: {
            'work.available': { target: 'claiming' },
            'room.freed': { target: 'claiming' },
          },
        },
        claiming: {
          description: 'A claim is under way.',
          entry: 'claim',
          on: {
            'work.available': { target: 'claimingAgain' },
            'room.freed': { target: 'claimingAgain' },
            'claim.exhausted': { target: 'idle' },
            'claim.more': { target: 'claiming', reenter: true },
            'claim.full': { target: '#queue.full' },
            'claim.failed': { target: 'backingOff' },
            'queue.pause': { target: '#queue.paused.claiming' },
          },
        },
        claimingAgain: {
          description: 'A claim is under way and something changed since it was asked.',
          on: {
            'claim.exhausted': { target: 'claiming' },
            'claim.more': { target: 'claiming' },
            'claim.full': { target: 'claiming' },
            'claim.failed': { target: 'backingOff' },
            'queue.pause': { target: '#queue.paused.claiming' },
          },
        },
        backingOff: {
          description: 'The store refused a claim; it is asked again after a while.',
          entry: 'scheduleRetry',
          on: { 'claim.retry': { target: 'claiming' } },
        },
      },
    },
    full: {
      description: 'Every slot is taken.',
      on: { 'room.freed': { target: 'open' } },
    },
    paused: {
      description: 'Hands out nothing until it is resumed; running work goes on.',
      initial: 'quiet',
      states: {
        quiet: {
          description: 'Nothing is under way.',
          on: { 'queue.resume': { target: '#queue.open' } },
        },
        claiming: {
          description:
            'A claim was under way when the queue was paused; what it brings still runs.',
          on: {
            'claim.exhausted': { target: 'quiet' },
            'claim.more': { target: 'quiet' },
            'claim.full': { target: 'quiet' },
            'claim.failed': { target: 'quiet' },
            'queue.pause': {},
            'queue.resume': { target: '#queue.open.claimingAgain' },
          },
        },
      },
    },
    draining: {
      description: 'The runtime is stopping: hands out nothing any more.',
      on: { 'queue.pause': {} },
    },
  },
})
