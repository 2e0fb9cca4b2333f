import type { EventName, RuntimeEvents } from '../core/events.ts'
import type { Listenable } from '../runtime/events/events.ts'
import type { Instruments } from './instruments.ts'
import { countTasklets } from './tasklet-metrics.ts'

type Counting = { readonly [Name in EventName]?: (data: RuntimeEvents[Name]) => void }

/** Counts what the runtime tells; the returned function ends that. */
export function countEvents(events: Listenable, instruments: Instruments): () => void {
  const counting: Counting = {
    ...countTasklets(instruments),
    ...countWorlds(instruments),
    ...countRules(instruments),
    ...countTrouble(instruments),
  }
  const offs = Object.entries(counting).map(([name, count]) =>
    // Each function stands under the name whose data it takes.
    events.on(name, ({ data }) => (count as (data: unknown) => void)(data)),
  )
  return () => {
    for (const off of offs) off()
  }
}

function countWorlds(instruments: Instruments): Counting {
  return {
    'transition.ended': ({ plan, step: { from, event, to, outcome, duration } }) => {
      instruments.count('setpoint_transitions_total', [plan, from, event, to, outcome])
      instruments.observe('setpoint_transition_seconds', [plan, from, event, to], duration / 1000)
    },
    'path.found': ({ plan, duration }) =>
      instruments.observe('setpoint_planning_seconds', [plan], duration / 1000),
  }
}

function countRules(instruments: Instruments): Counting {
  const rule = (plan: string, name: string, outcome: string) =>
    instruments.count('setpoint_interrupts_total', [plan, name, outcome])
  const schedule = (plan: string, name: string, outcome: string, by = 1) =>
    instruments.count('setpoint_schedule_instants_total', [plan, name, outcome], by)
  return {
    'interrupt.fired': ({ plan, name, victims }) => {
      rule(plan, name, 'fired')
      instruments.count('setpoint_interrupt_victims_total', [plan, name], victims.length)
    },
    'interrupt.ended': ({ plan, name }) => rule(plan, name, 'ended'),
    'interrupt.failed': ({ plan, name }) => rule(plan, name, 'failed'),
    'interrupt.check-failed': ({ plan, name }) => rule(plan, name, 'check-failed'),
    'schedule.fired': ({ plan, name }) => schedule(plan, name, 'fired'),
    'schedule.skipped': ({ plan, name }) => schedule(plan, name, 'skipped'),
    'schedule.missed': ({ plan, name, instants }) => schedule(plan, name, 'missed', instants),
    'schedule.failed': ({ plan, name }) => schedule(plan, name, 'failed'),
  }
}

function countTrouble(instruments: Instruments): Counting {
  const plan = (name: string | undefined, outcome: string) =>
    instruments.count('setpoint_plan_reloads_total', [name ?? '', outcome])
  return {
    'event.cut': ({ reason }) => instruments.count('setpoint_events_cut_total', [reason]),
    'subscriber.overflowed': ({ policy }) =>
      instruments.count('setpoint_subscriber_overflows_total', [policy]),
    'plan.reloaded': ({ plan: name }) => plan(name, 'reloaded'),
    'plan.rejected': ({ plan: name }) => plan(name, 'rejected'),
    'plan.missing': ({ plan: name }) => plan(name, 'missing'),
    'plan.recovered': ({ plan: name }) => plan(name, 'recovered'),
    'actor.restarted': () => instruments.count('setpoint_actor_restarts_total'),
    'store.failed': ({ operation }) =>
      instruments.count('setpoint_store_failures_total', [operation]),
  }
}
