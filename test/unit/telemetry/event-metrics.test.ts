import { expect, it, onTestFinished } from 'vitest'
import type { EventName, RuntimeEvents } from '../../../src/core/events.ts'
import { EventBus } from '../../../src/runtime/events/event-bus.ts'
import { Events } from '../../../src/runtime/events/events.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { parseScrape } from './scrape.ts'

type Told = { [Name in EventName]: readonly [Name, RuntimeEvents[Name], string, number] }[EventName]

const rule = { plan: 'kiln', name: 'fire' }
const plan = { plan: 'kiln', version: 'v2' }
const event = { name: 'order.paid', at: 0, data: undefined }
const error = new Error('no')

const TOLD: readonly Told[] = [
  [
    'interrupt.fired',
    { ...rule, victims: ['a', 'b'], handler: 'c' },
    'setpoint_interrupt_victims_total{plan="kiln",interrupt="fire"}',
    2,
  ],
  [
    'interrupt.ended',
    { ...rule, handler: 'c' },
    'setpoint_interrupts_total{plan="kiln",interrupt="fire",outcome="ended"}',
    1,
  ],
  [
    'interrupt.failed',
    { ...rule, handler: 'c', error },
    'setpoint_interrupts_total{plan="kiln",interrupt="fire",outcome="failed"}',
    1,
  ],
  [
    'interrupt.check-failed',
    { ...rule, error },
    'setpoint_interrupts_total{plan="kiln",interrupt="fire",outcome="check-failed"}',
    1,
  ],
  [
    'schedule.fired',
    { ...rule, at: 0, tasklet: 'a' },
    'setpoint_schedule_instants_total{plan="kiln",schedule="fire",outcome="fired"}',
    1,
  ],
  [
    'schedule.skipped',
    { ...rule, at: 0, waitsFor: [] },
    'setpoint_schedule_instants_total{plan="kiln",schedule="fire",outcome="skipped"}',
    1,
  ],
  [
    'schedule.missed',
    { ...rule, instants: 7 },
    'setpoint_schedule_instants_total{plan="kiln",schedule="fire",outcome="missed"}',
    7,
  ],
  [
    'schedule.failed',
    { ...rule, at: 0, error },
    'setpoint_schedule_instants_total{plan="kiln",schedule="fire",outcome="failed"}',
    1,
  ],
  [
    'event.cut',
    { reason: 'depth', trigger: 'kiln/fire', event },
    'setpoint_events_cut_total{reason="depth"}',
    1,
  ],
  [
    'subscriber.overflowed',
    { pattern: '**', dropped: 9, policy: 'drop-oldest' },
    'setpoint_subscriber_overflows_total{policy="drop-oldest"}',
    1,
  ],
  [
    'plan.reloaded',
    { ...plan, previous: 'v1', warnings: [] },
    'setpoint_plan_reloads_total{plan="kiln",outcome="reloaded"}',
    1,
  ],
  [
    'plan.rejected',
    { plan: undefined, folder: 'plans/x', diagnostics: [] },
    'setpoint_plan_reloads_total{plan="",outcome="rejected"}',
    1,
  ],
  [
    'plan.missing',
    { ...plan, folder: undefined },
    'setpoint_plan_reloads_total{plan="kiln",outcome="missing"}',
    1,
  ],
  ['plan.recovered', plan, 'setpoint_plan_reloads_total{plan="kiln",outcome="recovered"}', 1],
  ['actor.restarted', { id: 'queue', delay: 1, error }, 'setpoint_actor_restarts_total', 1],
  [
    'store.failed',
    { operation: 'claim', error },
    'setpoint_store_failures_total{operation="claim"}',
    1,
  ],
  ['tasklet.abandoned', { taskletId: 'a', reason: 'late' }, 'setpoint_tasklets_abandoned_total', 1],
  ['lease.lost', { taskletId: 'a', holder: 'other' }, 'setpoint_leases_lost_total', 1],
]

it.each(TOLD)('%s is counted', async (name, data, sample, count) => {
  const bus = new EventBus(new ManualClock(), () => {})
  const stats = () => Promise.reject(new Error('no store'))
  const metrics = createMetrics({ events: new Events(bus), stats, status: 'running' })
  onTestFinished(() => metrics.close())
  bus.emit(name, data)
  const { values } = parseScrape(await metrics.scrape())
  expect(values[sample]).toBe(count)
})
