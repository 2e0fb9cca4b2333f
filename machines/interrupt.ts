import { fromCallback, setup } from 'xstate'

/** What happens to a rule. Events carry nothing: the data is with the effects. */
export type InterruptEvent = { readonly type: InterruptEventType }

export type InterruptEventType =
  | 'rule.idle'
  | 'rule.enabled'
  | 'rule.disabled'
  | 'condition.met'
  | 'condition.passed'
  | 'turn.came'
  | 'victims.cleared'
  | 'handler.unfinished'
  | 'handler.completed'
  | 'world.returned'
  | 'interrupt.failed'
  | 'cooldown.over'
  | 'effect.crashed'

const nothing = fromCallback<InterruptEvent>(() => {})

/** One rule that stops the work in its scope and answers what happened: semantics, section 8. */
export const interruptMachine = setup({
  types: { events: {} as InterruptEvent },
  actors: {
    recall: nothing,
    watch: nothing,
    awaitTurn: nothing,
    clear: nothing,
    handle: nothing,
    goBack: nothing,
    cool: nothing,
  },
  actions: {
    rest: () => {},
    crash: () => {},
  },
}).createMachine({
  id: 'interrupt',
  initial: 'recalling',
  on: { 'effect.crashed': { actions: 'crash' } },
  states: {
    recalling: {
      description: 'The store says what the rule was doing when it was last there.',
      invoke: { src: 'recall' },
      on: {
        'rule.idle': { target: 'cooling' },
        'rule.disabled': { target: 'disabled' },
        'handler.unfinished': { target: 'interrupting.handling' },
      },
    },
    disabled: {
      description: 'Switched off: nothing is watched.',
      entry: 'rest',
      on: { 'rule.enabled': { target: 'cooling' } },
    },
    watching: {
      description: 'The condition is looked at again and again, or its event is listened for.',
      invoke: { src: 'watch' },
      on: {
        'condition.met': { target: 'queued' },
        'rule.disabled': { target: 'disabled' },
      },
    },
    queued: {
      description:
        'The condition holds. The rule waits while one that matters as much or more is at work.',
      invoke: { src: 'awaitTurn' },
      on: {
        'turn.came': { target: 'interrupting' },
        'condition.passed': { target: 'watching' },
        'rule.disabled': { target: 'disabled' },
      },
    },
    interrupting: {
      description: 'Nothing else begins in the scope of the rule.',
      initial: 'clearing',
      on: { 'interrupt.failed': { target: 'cooling' } },
      states: {
        clearing: {
          description: 'The handler is on disk; running work is told to stop and waited for.',
          invoke: { src: 'clear' },
          on: { 'victims.cleared': { target: 'handling' } },
        },
        handling: {
          description: 'The handler has the scope for itself.',
          invoke: { src: 'handle' },
          on: { 'handler.completed': { target: 'returning' } },
        },
        returning: {
          description: 'The world is brought back to the state that the rule names, if it does.',
          invoke: { src: 'goBack' },
          on: { 'world.returned': { target: '#interrupt.cooling' } },
        },
      },
    },
    cooling: {
      description: 'Work goes on. The rule does not look again before its cooldown is over.',
      invoke: { src: 'cool' },
      on: {
        'cooldown.over': { target: 'watching' },
        'rule.disabled': { target: 'disabled' },
      },
    },
  },
})
