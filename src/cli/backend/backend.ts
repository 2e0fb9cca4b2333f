import type { RuntimeEvent } from '../../core/events.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { ExportFormat } from '../../plan/interchange/export.ts'
import type { Task } from '../../plan/model.ts'
import type { Verdict } from '../../planning/planner.ts'
import type {
  CancelOutcome,
  InsertOutcome,
  ListFilter,
  Page,
  QueueInfo,
} from '../../ports/store-messages.ts'
import type { SubmitOptions } from '../../runtime/intake/submission.ts'
import type { ReplayReport } from '../../runtime/operations/dead-letters.ts'
import type { QueuePage } from '../../runtime/operations/queue.ts'
import type { Explanation } from '../../runtime/operations/reason.ts'
import type { Stats } from '../../runtime/operations/stats.ts'
import type { TimelineEntry, TimelineOptions } from '../../runtime/operations/timeline.ts'
import type { Wait } from '../../runtime/operations/waiting.ts'
import type { StepReport } from '../../runtime/steps/step-log.ts'
import type { Told } from '../../runtime/waits/telling.ts'
import type { StoredWait } from '../../runtime/waits/wait-record.ts'
import type { FileEntry } from '../batch-file.ts'
import type { InterruptRow, ScheduleRow } from './rows.ts'

export interface PageRequest {
  readonly limit: number
  readonly cursor: string | undefined
}

export type TaskletFilter = Omit<ListFilter, 'limit' | 'cursor'>

/** `id`: whole, or enough of its start to name one; in every call that takes one. */
export interface TaskAccess {
  list(filter: TaskletFilter, page: PageRequest): Promise<Page<Tasklet>>
  /** @throws {InputError} when there is none or more than one. */
  find(id: string): Promise<Tasklet>
  /** What the tasklet waits for, as long as it has not come. */
  waits(id: string): Promise<readonly Pick<StoredWait, 'pattern' | 'where'>[]>
  /** What its steps have done, as far as it is known. */
  steps(id: string): Promise<readonly StepReport[]>
  explain(id: string): Promise<Explanation>
  cancel(id: string, reason: string): Promise<CancelOutcome>
  retry(id: string): Promise<{ readonly id: string; readonly replayOf: string }>
  timeline(
    filter: Pick<TimelineOptions, 'plan' | 'tag' | 'since'>,
    page: PageRequest,
  ): Promise<Page<TimelineEntry>>
}

export interface Place {
  /** From 0; -1 when it has started meanwhile. */
  readonly position: number
  readonly priority: number
  readonly version: string
}

export interface QueueAccess {
  list(): Promise<readonly QueueInfo[]>
  page(queue: string, page: PageRequest): Promise<QueuePage>
  /** How many tasklets wait in it. */
  waiting(queue: string): Promise<number>
  /** Returns how many are pending. */
  setPaused(queue: string, isPaused: boolean): Promise<number>
  move(tasklet: Tasklet, position: number): Promise<Place>
  setPriority(tasklet: Tasklet, priority: number): Promise<void>
  /** Returns the new version. */
  reorder(queue: string, ids: readonly string[], version: string): Promise<string>
  /** Returns how many ended by it. */
  clear(queue: string): Promise<number>
}

export interface DeadLetterAccess {
  list(filter: Omit<TaskletFilter, 'status'>, page: PageRequest): Promise<Page<Tasklet>>
  /** @throws {InputError} when the tasklet is no dead letter. */
  show(id: string): Promise<Tasklet>
  replay(ids: readonly string[]): Promise<ReplayReport>
  /** Returns how many there were. */
  discard(ids: readonly string[]): Promise<number>
}

export interface Instants {
  readonly zone: string
  /** In a few words. */
  readonly trigger: string
  /** Milliseconds since the epoch. */
  readonly end: number | null
  readonly instants: readonly number[]
}

export interface ScheduleAccess {
  list(): Promise<readonly ScheduleRow[]>
  next(id: string, count: number): Promise<Instants>
  run(id: string): Promise<Tasklet>
  setEnabled(id: string, isEnabled: boolean): Promise<ScheduleRow>
}

export interface InterruptAccess {
  list(): Promise<readonly InterruptRow[]>
  setEnabled(name: string, isEnabled: boolean): Promise<InterruptRow>
}

export interface TailOptions {
  readonly signal: AbortSignal
  /** Events that will not come any more, in a few words. */
  lost(what: string): void
}

export interface EventAccess {
  emit(name: string, data: unknown): Promise<Told>
  waits(): Promise<readonly Wait[]>
  /** What is told from now on, until the signal aborts. */
  tail(pattern: string, options: TailOptions): AsyncIterable<ToldEvent>
}

/** What an event stream tells. */
export type ToldEvent = Pick<RuntimeEvent, 'name' | 'at' | 'data'>

/** What a plan declares, as far as it is shown. */
export interface PlanView {
  readonly name: string
  readonly version: string
  readonly description?: string | undefined
  /** Undefined for a plan that is not in a folder of this machine. */
  readonly folder?: string | undefined
  readonly resources: Readonly<Record<string, number>>
  readonly tasks: readonly Pick<
    Task,
    'name' | 'requires' | 'resources' | 'timeout' | 'retry' | 'tags' | 'title'
  >[]
}

/** What the check of one state said; `reason`: why it has failed. */
export interface Answer {
  readonly state: string
  readonly answer: boolean | string
  /** Milliseconds. */
  readonly duration: number
  readonly reason?: string
}

/** The checks do not say where the world is. */
export interface LostWorld {
  readonly outcome: 'ambiguous' | 'undetectable' | 'check'
  readonly evidence: readonly Answer[]
}

export interface PathQuestion {
  readonly plan: string
  readonly version: string
  readonly target: string
}

export type PathAnswer = PathQuestion &
  (
    | { readonly from: readonly string[]; readonly verdict: Verdict }
    | { readonly from?: never; readonly verdict: LostWorld }
  )

export interface PlanAccess {
  export(plan: string, format: ExportFormat, task: string | undefined): Promise<string>
  list(): Promise<readonly PlanView[]>
  get(plan: string): Promise<PlanView>
  /**
   * The cheapest path from the given states, or from where the checks say that the world is.
   * @throws {InputError} for a state that the plan does not have.
   */
  path(plan: string, target: string, from: readonly string[] | undefined): Promise<PathAnswer>
}

export interface NewTasklet {
  readonly task: string
  /** Undefined: none was given; a task that wants a map gets an empty one. */
  readonly input: unknown
  /** Full ids by name. */
  readonly options: SubmitOptions
}

/** What commands do, whether the work is behind a server or in a database of this machine. */
export interface Backend {
  readonly tasks: TaskAccess
  readonly queues: QueueAccess
  readonly deadLetters: DeadLetterAccess
  readonly schedules: ScheduleAccess
  readonly interrupts: InterruptAccess
  readonly events: EventAccess
  readonly plans: PlanAccess
  /** Whether the task can be submitted; before what is needed for that is made. */
  requireTask(task: string): Promise<void>
  submit(wanted: NewTasklet): Promise<InsertOutcome>
  /** All of them or none; the answers by key, in their order. */
  submitBatch(entries: readonly FileEntry[]): Promise<ReadonlyMap<string, InsertOutcome>>
  /** `window`: milliseconds. */
  stats(window: number): Promise<Stats>
  close(): Promise<void>
}
