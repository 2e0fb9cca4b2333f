import { setup } from 'xstate'

/** What preparation learns about the world. Events carry nothing: the data is with the effects. */
export type PreparationEvent = { readonly type: PreparationEventType }

export type PreparationEventType =
  | 'world.held'
  | 'world.recognised'
  | 'world.unrecognised'
  | 'detection.due'
  | 'path.found'
  | 'edge.taken'
  | 'edge.verified'
  | 'edge.failed'
  | 'path.completed'
  | 'preparation.refused'

/** Brings the world into a required state before a tasklet may run: semantics, section 7. */
export const preparationMachine = setup({
  types: { events: {} as PreparationEvent },
  actions: {
    detect: () => {},
    scheduleDetection: () => {},
    findPath: () => {},
    takeEdge: () => {},
    verifyEdge: () => {},
  },
}).createMachine({
  id: 'preparation',
  initial: 'detecting',
  on: { 'preparation.refused': { target: '.failed' } },
  states: {
    detecting: {
      description: 'The checks say where the world is.',
      entry: 'detect',
      on: {
        'world.held': { target: 'ready' },
        'world.recognised': { target: 'planning' },
        'world.unrecognised': { target: 'waiting' },
      },
    },
    waiting: {
      description: 'No check recognised the world; it may be between two states.',
      entry: 'scheduleDetection',
      on: { 'detection.due': { target: 'detecting' } },
    },
    planning: {
      description: 'The cheapest path to a required state is searched, around banned edges.',
      entry: 'findPath',
      on: { 'path.found': { target: 'moving' } },
    },
    moving: {
      description: 'The transition task of the next edge works.',
      entry: 'takeEdge',
      on: {
        'edge.taken': { target: 'verifying' },
        'edge.failed': { target: 'detecting' },
      },
    },
    verifying: {
      description: 'The check of the state that the edge leads to is asked.',
      entry: 'verifyEdge',
      on: {
        'edge.verified': { target: 'moving' },
        'edge.failed': { target: 'detecting' },
        'path.completed': { target: 'ready' },
      },
    },
    ready: { description: 'The world is in a required state.', type: 'final' },
    failed: { description: 'It could not be brought there; the error says why.', type: 'final' },
  },
})
