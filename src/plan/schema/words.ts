import type { z } from 'zod'
import { InterruptSchema } from '../interrupts/schema.ts'
import { ScheduleSchema } from '../schedules/schema.ts'
import { StepSchema } from '../steps/schema.ts'
import { RetrySchema } from '../tasks/retry.ts'
import { StateMeta, StateNode, Transition, TransitionMeta, WorldSchema } from '../world/schema.ts'
import { PlanSchema, TaskSchema } from './plan.ts'
import { StartLimitSchema } from './values.ts'

/** What editors say about a field; `backoff.delay` stands inside of `backoff`. */
export type Words = Readonly<Record<string, string>>

const PLAN: Words = {
  setpoint: 'Version of the plan format.',
  name: 'Name of the plan; its tasks are called name/task outside of it.',
  description: 'What the plan is for, for people.',
  actions: 'The file whose exports are the checks, handlers and guards; ./actions.ts unless given.',
  resources: 'What there is a limited number of, by name: units, or a map of capacity and limit.',
  machine: 'The world, as a plain XState config. What Setpoint adds stands under meta.',
  tasks: 'The tasks by name: the name of a handler, or a map. Files of tasks/ are tasks too.',
  schedules: 'When tasks are submitted without anybody asking, by name.',
  interrupts: 'Rules that stop running work and answer what happened, by name.',
  lint: 'Rules of lint by name: off, warn (as they are), or error, which refuses the plan.',
}

const TASK: Words = {
  title: 'What the task does, for people.',
  requires:
    'The state that the world is brought to first: a path, a list (any of them), or {tag: name}.',
  run: 'The export of the actions that does the work. Either this or steps.',
  steps: 'What the task does, in order. Either this or run.',
  external: 'Nothing here runs the task: others pull it.',
  resources: 'What the task uses while it runs: [gpu], [gpu:2] (declares 2), or {vram: 8}.',
  leaves: 'The state in which the task leaves the world.',
  disturbs: 'After the task nobody knows where the world is.',
  exclusive: 'No other task of the plan runs at the same time.',
  maxInstances: 'How many tasklets of the task may run at the same time.',
  timeout: 'How long one attempt may take.',
  acquireTimeout: 'How long it may wait for its resources and for the world.',
  prepareTimeout: 'How long it may take to bring the world into the required state.',
  expiresAfter: 'How long after it was due it is still worth starting.',
  input: 'JSON Schema of the input; defaults are filled in.',
  output: 'JSON Schema of the output; of a task with steps, what the output is made of.',
  retry: 'What becomes of a failure; one attempt unless given.',
  mode: 'Where the handler runs: async in the event loop, sync in a thread, cpu in a process.',
  memory: 'MiB that a worker of the task may use.',
  limit: 'How often the task may start.',
  groupConcurrency: 'How many tasklets of one group may run at the same time.',
  priority: 'Who goes first: critical, high, normal, low, or 0 (first) to 1000.',
  queue: 'The queue that the task is submitted to; default unless given.',
  tags: 'Words that tasklets of the task can be found and chosen by.',
}

const STEP: Words = {
  id: 'Name by which later expressions find it: steps.<id>.output, .status, .error.',
  run: 'The export of the actions that does the work.',
  task: 'A task of this plan, run under the lease of this one.',
  emit: 'The name of an event that is told, or a map of event and data.',
  waitFor: 'Waits for an event without holding a slot or resources.',
  sleep: 'Waits for the time, such as 30s.',
  parallel: 'Steps that run at once; beside each, how many items are worked on at once.',
  steps: 'Steps in order, as one.',
  with: 'The input; strings in it may hold expressions.',
  if: 'Whether it runs: an expression; always() and failed() say what is done after a failure.',
  each: 'A list, or an expression of one: the step runs for each, as item and index.',
  retry: 'What becomes of a failure; one attempt unless given.',
  timeout: 'How long one attempt may take.',
  onError: 'What a failure means: fail, continue, or steps that stand in.',
  once: 'After a crash it is not run again: its recorded output is used.',
  failFast: 'Whether the first failure cancels the others of parallel or each; true unless given.',
}

const MACHINE: Words = {
  id: 'Name of the machine.',
  description: 'What it means, for people.',
  initial: 'The state in which it begins.',
  states: 'The states inside, by name.',
  on: 'Transitions by event. One with meta.task is an edge that plans can take.',
  always: 'Transitions that the world takes by itself.',
  after: 'Transitions that the world takes by itself after a time: 30s, or milliseconds.',
  onDone: 'What follows when a final state inside is reached.',
  entry: 'Assignments on entering; a world has no other effects.',
  exit: 'Assignments on leaving; a world has no other effects.',
  tags: 'Words that requires: {tag: …} finds states by.',
  type: 'Found by itself but for parallel, final and history.',
  meta: 'What Setpoint adds: check, priority, serial, timeout.',
  history: 'Whether history remembers one level or all.',
  target: 'Where history leads when there is none yet.',
  version: 'Version of the machine, for people.',
  context: 'What the machine knows besides its state.',
}

const STATE_META: Words = {
  check: 'The export of the actions that says whether the world is in this state.',
  priority: 'Of several states that are seen, the highest counts; 0 unless given.',
  serial: 'Only one tasklet at a time may use the state.',
  timeout: 'How long the check may take.',
}

const TRANSITION: Words = {
  target: 'The state it leads to: a sibling, .child, a dotted path, or #id.',
  meta: 'What Setpoint adds: task, cost, with, timeout, verify.',
  guard: 'The export that says whether it can be taken.',
  actions: 'Assignments; a world has no other effects.',
  reenter: 'Whether states around are left and entered again.',
  description: 'What it means, for people.',
}

const TRANSITION_META: Words = {
  task: 'The task that moves the world along this edge.',
  cost: 'What the edge costs; plans take the cheapest way. 1 unless given.',
  with: 'The input of the task.',
  timeout: 'How long the task may take here.',
  verify: 'How often, and how far apart, the checks are asked whether it has worked.',
  'verify.tries': 'How often; 3 unless given.',
  'verify.delay': 'How far apart; 200ms unless given.',
}

const SCHEDULE: Words = {
  task: 'The task of this plan that is submitted.',
  cron: 'Five fields (minute, hour, day of month, month, day of week), or six with seconds first.',
  timezone: 'IANA time zone of cron, such as Europe/Berlin; UTC unless given.',
  every: 'How far apart, at least 1s.',
  on: 'Name of the event: * is one segment, ** any number.',
  where: 'An expression that the event has to make true.',
  after: 'Fires when a tasklet of the task ends.',
  'after.task': 'The task: of this plan, or plan/task.',
  'after.outcome': 'completed unless given.',
  files: 'Patterns of files in the folder of the plan.',
  manual: 'Fires only when somebody asks.',
  input: 'The input of the task; expressions may name event and plan.',
  misfire: 'What is made up for of missed instants: skip, last, all, or {all: n}.',
  overlap: 'While an earlier one is not settled: skip, queue, replace, or allow.',
  jitter: 'Each instant is put off by chance by less than this.',
  start: 'No instant before this time.',
  end: 'No instant after this time.',
  enabled: 'Whether it fires, until somebody switches it; true unless given.',
  priority: 'Who goes first; that of the task unless given.',
  queue: 'The queue; that of the task unless given.',
  tags: 'Words besides those of the task.',
}

const INTERRUPT: Words = {
  when: 'The check that is asked. Either this or on.',
  every: 'How often the check is asked; 5s unless given.',
  timeout: 'How long the check may take; 5s unless given.',
  on: 'The event it answers. Either this or when.',
  run: 'The task that answers.',
  input: 'The input of that task.',
  scope: 'Whose running work is stopped: that of the plan, or all of the runtime.',
  victims: 'What becomes of it: cancel, requeue, pause; or a map that also chooses among it.',
  'victims.policy': 'What becomes of it: cancel, requeue, pause.',
  'victims.tasks': 'Only tasklets of these tasks.',
  'victims.tags': 'Only tasklets with one of these tags.',
  cooldown: 'How long after the answer it does not fire again.',
  returnTo: 'The state that the world is brought to afterwards.',
  priority: 'Rules of the same or a lower priority do not interrupt it; 100 unless given.',
}

const RETRY: Words = {
  attempts: 'How often it is tried altogether.',
  backoff: 'How long it waits in between.',
  except: 'Names of errors after which it is not tried again.',
  onPlanning: 'Whether it is tried again too when the world cannot be prepared.',
}

const BACKOFF: Words = {
  type: 'Whether the wait stays or doubles.',
  delay: 'The first wait.',
  max: 'The longest wait.',
  jitter: 'The share of the wait that is left to chance, 0 to 1.',
}

const LIMIT: Words = {
  count: 'How many starts.',
  per: 'In any window as long as this.',
  by: 'group: each group is counted for itself.',
}

/** What editors say about the fields of each map of a plan. */
export const WORDS: ReadonlyMap<z.core.$ZodType, Words> = new Map<z.core.$ZodType, Words>([
  [PlanSchema, PLAN],
  [TaskSchema, TASK],
  [StepSchema, STEP],
  [WorldSchema, MACHINE],
  [StateNode, MACHINE],
  [StateMeta, STATE_META],
  [Transition, TRANSITION],
  [TransitionMeta, TRANSITION_META],
  [ScheduleSchema, SCHEDULE],
  [InterruptSchema, INTERRUPT],
  [RetrySchema, RETRY],
  [RetrySchema.shape.backoff.unwrap(), BACKOFF],
  [StartLimitSchema, LIMIT],
])
