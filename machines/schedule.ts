import { fromCallback, setup } from 'xstate'

/** What happens to a schedule. Events carry nothing: the data is with the effects. */
export type ScheduleEvent = { readonly type: ScheduleEventType }

export type ScheduleEventType =
  | 'schedule.ready'
  | 'schedule.enabled'
  | 'schedule.disabled'
  | 'schedule.over'
  | 'instant.due'
  | 'instants.none'
  | 'instants.chosen'
  | 'instants.fired'
  | 'store.failed'
  | 'pause.over'
  | 'effect.crashed'

const nothing = fromCallback<ScheduleEvent>(() => {})

/** One schedule that fires at times of its own: semantics, section 8. */
export const scheduleMachine = setup({
  types: { events: {} as ScheduleEvent },
  actors: { recall: nothing, wait: nothing, choose: nothing, fire: nothing, pause: nothing },
  actions: {
    rest: () => {},
    finish: () => {},
    crash: () => {},
  },
}).createMachine({
  id: 'schedule',
  initial: 'recalling',
  on: { 'effect.crashed': { actions: 'crash' } },
  states: {
    recalling: {
      description: 'The store says up to which instant the schedule has been seen to.',
      invoke: { src: 'recall' },
      on: {
        'schedule.ready': { target: 'waiting' },
        'schedule.disabled': { target: 'disabled' },
        'store.failed': { target: 'pausing' },
      },
    },
    disabled: {
      description: 'Switched off: instants pass by, and nothing is made up for later.',
      entry: 'rest',
      on: { 'schedule.enabled': { target: 'recalling' } },
    },
    waiting: {
      description: 'The next instant is known, and has not come.',
      invoke: { src: 'wait' },
      on: {
        'instant.due': { target: 'due' },
        'schedule.over': { target: 'over' },
        'schedule.disabled': { target: 'disabled' },
      },
    },
    due: {
      description:
        'Instants have come. Of those that were missed, the misfire rule says which are made up for.',
      invoke: { src: 'choose' },
      on: {
        'instants.chosen': { target: 'firing' },
        'instants.none': { target: 'waiting' },
        'store.failed': { target: 'pausing' },
        'schedule.disabled': { target: 'disabled' },
      },
    },
    firing: {
      description: 'One tasklet is stored for each instant, as the overlap rule allows.',
      invoke: { src: 'fire' },
      on: {
        'instants.fired': { target: 'waiting' },
        'store.failed': { target: 'pausing' },
        'schedule.disabled': { target: 'disabled' },
      },
    },
    pausing: {
      description: 'The store could not be asked or written. Nothing is lost: it is tried again.',
      invoke: { src: 'pause' },
      on: {
        'pause.over': { target: 'recalling' },
        'schedule.disabled': { target: 'disabled' },
      },
    },
    over: {
      description: 'No instant will ever come again.',
      entry: 'finish',
      on: { 'schedule.disabled': { target: 'disabled' } },
    },
  },
})
