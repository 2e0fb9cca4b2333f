/** What a metric is, for Prometheus and for the documentation. */
export interface MetricEntry {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[]
}

const WORK = ['plan', 'task', 'queue'] as const
const UP_TO_HOURS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400]
const UP_TO_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5]

const counter = (help: string, ...labels: string[]) => ({ type: 'counter', help, labels }) as const
const gauge = (help: string, ...labels: string[]) => ({ type: 'gauge', help, labels }) as const
const histogram = (buckets: readonly number[], help: string, ...labels: string[]) =>
  ({ type: 'histogram', help, labels, buckets }) as const

/**
 * Every metric by its name. Counters and histograms count what this process did since it began;
 * gauges of queues show the store, which all its processes share.
 */
export const METRICS = {
  setpoint_up: gauge('1 while the runtime is running'),
  setpoint_health: gauge('0 ok, 1 degraded, 2 stalled'),
  setpoint_broker_up: gauge('1 while this process reaches the broker', 'role', 'name'),
  setpoint_queue_tasklets: gauge('Records in the store', 'queue', 'status'),
  setpoint_queue_depth: gauge('Tasklets that wait', 'queue'),
  setpoint_queue_max_size: gauge('How many may wait; missing: any number', 'queue'),
  setpoint_queue_paused: gauge('1 while the queue is paused', 'queue'),
  setpoint_queue_oldest_age_seconds: gauge('Age of the oldest pending tasklet', 'queue'),
  setpoint_queue_wait_seconds: gauge(
    'From being ready to start, in the last 15 minutes',
    'queue',
    'quantile',
  ),
  setpoint_queue_run_seconds: gauge(
    'From start to settlement, in the last 15 minutes',
    'queue',
    'quantile',
  ),
  setpoint_queue_lease_expiries: gauge(
    'Leases that ended without a settlement, in the last 15 minutes',
    'queue',
  ),
  setpoint_tasklets_submitted_total: counter('Tasklets that were stored', ...WORK),
  setpoint_tasklets_settled_total: counter(
    'Tasklets that have ended: completed, failed (a dead letter) or cancelled',
    ...WORK,
    'status',
  ),
  setpoint_tasklet_retries_total: counter('Attempts that failed and are tried again', ...WORK),
  setpoint_tasklet_returns_total: counter('Runs that went back to their queue', ...WORK),
  setpoint_tasklet_passivations_total: counter('Runs that wait without a slot', ...WORK),
  setpoint_tasklet_errors_total: counter('Attempts that failed', 'plan', 'task', 'kind'),
  setpoint_tasklet_wait_seconds: histogram(
    UP_TO_HOURS,
    'From submission to the first start, delays and dependencies included',
    ...WORK,
  ),
  setpoint_tasklet_run_seconds: histogram(
    UP_TO_HOURS,
    'From start to settlement of one run, preparation included',
    ...WORK,
  ),
  setpoint_tasklets_abandoned_total: counter('Handlers that did not heed their signal in time'),
  setpoint_leases_lost_total: counter('Runs whose settlement was refused: another holds the lease'),
  setpoint_transitions_total: counter(
    'Edges of worlds that were tried: moved or failed',
    'plan',
    'from',
    'event',
    'to',
    'outcome',
  ),
  setpoint_transition_seconds: histogram(
    UP_TO_HOURS,
    'Transition tasks of edges that were tried',
    'plan',
    'from',
    'event',
    'to',
  ),
  setpoint_planning_seconds: histogram(UP_TO_SECONDS, 'Searches that found a path', 'plan'),
  setpoint_interrupts_total: counter(
    'What became of rules: fired, ended, failed or check-failed',
    'plan',
    'interrupt',
    'outcome',
  ),
  setpoint_interrupt_victims_total: counter(
    'Tasklets that a rule told to stop or to pause',
    'plan',
    'interrupt',
  ),
  setpoint_schedule_instants_total: counter(
    'Instants and events of schedules: fired, skipped, missed or failed',
    'plan',
    'schedule',
    'outcome',
  ),
  setpoint_events_cut_total: counter('Chains of events that were cut: depth or cycle', 'reason'),
  setpoint_subscriber_overflows_total: counter('Subscribers that began to lose events', 'policy'),
  setpoint_plan_reloads_total: counter(
    'Plans: reloaded, rejected, missing or recovered',
    'plan',
    'outcome',
  ),
  setpoint_actor_restarts_total: counter('Actors that crashed and were started again'),
  setpoint_store_failures_total: counter('Operations that the store failed', 'operation'),
  setpoint_scrape_failures_total: counter('Scrapes that could not read the store'),
  setpoint_http_requests_total: counter('Requests that were answered', 'method', 'route', 'status'),
  setpoint_http_request_seconds: histogram(
    UP_TO_SECONDS,
    'Requests that were answered',
    'method',
    'route',
  ),
  setpoint_event_loop_lag_seconds: gauge(
    'Delay of the event loop since the last scrape',
    'quantile',
  ),
  setpoint_process_cpu_seconds_total: counter('CPU time of the process', 'mode'),
  setpoint_process_resident_memory_bytes: gauge('Memory that the process has in use'),
  setpoint_process_heap_used_bytes: gauge('Memory of the process that JavaScript uses'),
  setpoint_process_start_time_seconds: gauge('When the process began, since the epoch'),
} as const satisfies Readonly<Record<string, MetricEntry>>

export type MetricName = keyof typeof METRICS
type NamesOf<Type extends MetricEntry['type']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends Type ? Name : never
}[MetricName]
export type CounterName = NamesOf<'counter'>
export type GaugeName = NamesOf<'gauge'>
export type HistogramName = NamesOf<'histogram'>
