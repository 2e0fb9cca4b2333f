export type { Backoff } from './core/backoff.ts'
export type { Duration } from './core/duration.ts'
export {
  DispatchError,
  type ErrorKind,
  type ErrorRecord,
  FatalError,
  InputError,
  LifecycleError,
  type PlanningReason,
  QueueFullError,
  RetryLater,
  SetpointError,
  StoreError,
  TaskletError,
} from './core/errors.ts'
export type {
  CutReason,
  EventName,
  OverflowPolicy,
  RuntimeEvent,
  RuntimeEvents,
} from './core/events.ts'
export { type Priority, type PriorityName, priorityFromTenScale } from './core/priority.ts'
export type { Phase, Status } from './core/status.ts'
export type {
  AttemptFailure,
  Dependency,
  DependencyPolicy,
  Lease,
  Lineage,
  Source,
  Tasklet,
  Trail,
  TrailStep,
  TriggeringEvent,
  Uniqueness,
} from './core/tasklet.ts'
export { type CreateRuntimeOptions, createRuntime } from './create-runtime.ts'
export {
  definePlan,
  type PlanDefinition,
  type PlanSettings,
  type TaskReference,
} from './plan/define.ts'
export { type Diagnostic, PlanError } from './plan/diagnostic.ts'
export type { CheckContext, DependencyOutcome, Log, TaskContext } from './plan/handler.ts'
export type { ExportFormat } from './plan/interchange/export.ts'
export type { InterruptSettings } from './plan/interrupts/schema.ts'
export type { LintSettings } from './plan/lint/schema.ts'
export { type LoadOptions, loadPlan, loadPlans } from './plan/load.ts'
export type { Plan, Schedule, Task, Trigger, World } from './plan/model.ts'
export type { ScheduleSettings } from './plan/schedules/schema.ts'
export type { StepDeclaration } from './plan/steps/schema.ts'
export { type Action, type ActionDefinition, defineAction } from './plan/tasks/action.ts'
export type { Clock } from './ports/clock.ts'
export type {
  ConsumeOptions,
  Dispatch,
  DispatchConsumer,
  DispatchDelivery,
  DispatchMessage,
} from './ports/dispatch.ts'
export type { ForeignHandler, ForeignMessage, SubmissionSource } from './ports/intake.ts'
export type { Store } from './ports/store.ts'
export type { CancelOutcome, ListFilter, Page } from './ports/store-messages.ts'
export type { SubscribeOptions, TopicEvent, TopicSubscription, Topics } from './ports/topics.ts'
export type { Span, SpanAttributes, SpanOptions, Tracing } from './ports/tracing.ts'
export type { SqlDatabase, SqlStatement, SqlValue } from './ports/transaction.ts'
export {
  type Envelope,
  fromEnvelope,
  type SubmissionEnvelope,
  type TaskletEnvelope,
  toEnvelope,
} from './runtime/envelope/envelope.ts'
export type { EmitOptions } from './runtime/events/event-bus.ts'
export type { QueueOptions as EventQueueOptions } from './runtime/events/event-queue.ts'
export type { EventStream } from './runtime/events/event-stream.ts'
export type { Events } from './runtime/events/events.ts'
export type { StreamOptions } from './runtime/events/streams.ts'
export type { Listener } from './runtime/events/subscription.ts'
export type { RuntimeStatus, StopOptions } from './runtime/gate.ts'
export type { Hook, HookContext, HookName } from './runtime/hooks.ts'
export type { BatchEntry, BatchOptions } from './runtime/intake/batch.ts'
export type { DependsOn } from './runtime/intake/dependencies.ts'
export type { EventsOptions, ResultOptions, TaskletHandle } from './runtime/intake/handle.ts'
export type { SubmitOptions } from './runtime/intake/submission.ts'
export type { Transaction } from './runtime/intake/transactions.ts'
export type { PeriodOption, Reason, UniqueOption } from './runtime/intake/uniqueness.ts'
export type {
  DeadLetterChoice,
  DeadLetterFilter,
  DeadLetters,
  ReplayReport,
} from './runtime/operations/dead-letters.ts'
export type { ExecutableOptions } from './runtime/operations/executable.ts'
export type { Flow, Percentiles, QueueStats } from './runtime/operations/flow.ts'
export type { HealthOptions, HealthReason } from './runtime/operations/health.ts'
export { LeaseLostError } from './runtime/operations/lease-lost.ts'
export type { Extension, NackOptions, PulledItem } from './runtime/operations/pulled-item.ts'
export type { PullOptions } from './runtime/operations/pulls.ts'
export type { Queue, QueuePage, QueuePageOptions } from './runtime/operations/queue.ts'
export type {
  Explanation,
  Reason as ExplainReason,
  ReasonCode,
} from './runtime/operations/reason.ts'
export type { Stats } from './runtime/operations/stats.ts'
export type { RetentionOptions } from './runtime/operations/sweeper.ts'
export type { TimelineEntry, TimelineOptions } from './runtime/operations/timeline.ts'
export type { BrokerOptions } from './runtime/options/broker-options.ts'
export type { RuntimeOptions } from './runtime/options/options.ts'
export type { QueueOptions } from './runtime/options/queue-options.ts'
export type { ResourceOptions } from './runtime/options/shared-resources.ts'
export type { PlanAccess } from './runtime/plans/plan-access.ts'
export type { ReloadReport } from './runtime/plans/reloads.ts'
export type { Runtime, TaskletView } from './runtime/runtime.ts'
export type { ScheduleInfo, ScheduleStatus } from './runtime/schedules/schedules.ts'
export type { StepReport } from './runtime/steps/step-log.ts'
export { memoryStore } from './stores/memory/store.ts'
export type { SqliteOptions } from './stores/sqlite/options.ts'
export { sqliteStore } from './stores/sqlite/store.ts'
