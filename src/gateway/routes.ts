import type { Route } from './http/route.ts'
import { discardDeadLetters, listDeadLetters, replayDeadLetters } from './routes/dead-letters.ts'
import { emitEvent, listenToEvents, listWaits } from './routes/events.ts'
import { disableInterrupt, enableInterrupt, listInterrupts } from './routes/interrupts.ts'
import { ackLease, extendLease, nackLease, pullLeases } from './routes/leases.ts'
import { findPath, getPlan, goTo, listPlans, machineOfPlan, sendEvent } from './routes/plans.ts'
import {
  clearQueue,
  getQueue,
  listQueues,
  moveInQueue,
  orderQueue,
  pauseQueue,
  prioritise,
  resumeQueue,
} from './routes/queues.ts'
import {
  disableSchedule,
  enableSchedule,
  listSchedules,
  nextOfSchedule,
  runSchedule,
} from './routes/schedules.ts'
import { getStats } from './routes/stats.ts'
import { submitBatch, submitTask } from './routes/submissions.ts'
import { machineOfTask, readTimeline, timelineOfTask } from './routes/task-views.ts'
import {
  cancelTask,
  explainTask,
  getTask,
  listExecutable,
  listTasks,
  retryTask,
} from './routes/tasks.ts'

/** The API on one page: what stands below /api/v1, and who may call it. */
export const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/tasks', scope: 'submit', operation: submitTask },
  { method: 'POST', path: '/tasks/batch', scope: 'submit', operation: submitBatch },
  { method: 'GET', path: '/tasks', scope: 'read', operation: listTasks },
  { method: 'GET', path: '/tasks/{id}', scope: 'read', operation: getTask },
  { method: 'GET', path: '/tasks/{id}/explain', scope: 'read', operation: explainTask },
  { method: 'GET', path: '/tasks/{id}/timeline', scope: 'read', operation: timelineOfTask },
  { method: 'GET', path: '/tasks/{id}/machine', scope: 'read', operation: machineOfTask },
  { method: 'POST', path: '/tasks/{id}/cancel', scope: 'submit', operation: cancelTask },
  { method: 'POST', path: '/tasks/{id}/retry', scope: 'submit', operation: retryTask },
  { method: 'GET', path: '/executable', scope: 'read', operation: listExecutable },
  { method: 'GET', path: '/timeline', scope: 'read', operation: readTimeline },

  { method: 'POST', path: '/leases', scope: 'submit', operation: pullLeases },
  { method: 'POST', path: '/leases/{token}/ack', scope: 'submit', operation: ackLease },
  { method: 'POST', path: '/leases/{token}/nack', scope: 'submit', operation: nackLease },
  { method: 'POST', path: '/leases/{token}/extend', scope: 'submit', operation: extendLease },

  { method: 'GET', path: '/queues', scope: 'read', operation: listQueues },
  { method: 'GET', path: '/queues/{name}', scope: 'read', operation: getQueue },
  { method: 'POST', path: '/queues/{name}/pause', scope: 'admin', operation: pauseQueue },
  { method: 'POST', path: '/queues/{name}/resume', scope: 'admin', operation: resumeQueue },
  { method: 'POST', path: '/queues/{name}/clear', scope: 'admin', operation: clearQueue },
  { method: 'PUT', path: '/queues/{name}/order', scope: 'admin', operation: orderQueue },
  { method: 'POST', path: '/queues/{name}/move', scope: 'admin', operation: moveInQueue },
  { method: 'POST', path: '/queues/{name}/priority', scope: 'admin', operation: prioritise },

  { method: 'GET', path: '/plans', scope: 'read', operation: listPlans },
  { method: 'GET', path: '/plans/{name}', scope: 'read', operation: getPlan },
  { method: 'GET', path: '/plans/{name}/machine', scope: 'read', operation: machineOfPlan },
  { method: 'GET', path: '/plans/{name}/path', scope: 'read', operation: findPath },
  { method: 'POST', path: '/plans/{name}/events', scope: 'submit', operation: sendEvent },
  { method: 'POST', path: '/plans/{name}/go-to', scope: 'submit', operation: goTo },

  { method: 'GET', path: '/dead-letters', scope: 'read', operation: listDeadLetters },
  { method: 'POST', path: '/dead-letters/replay', scope: 'admin', operation: replayDeadLetters },
  { method: 'POST', path: '/dead-letters/discard', scope: 'admin', operation: discardDeadLetters },

  { method: 'GET', path: '/schedules', scope: 'read', operation: listSchedules },
  { method: 'GET', path: '/schedules/{schedule}/next', scope: 'read', operation: nextOfSchedule },
  { method: 'POST', path: '/schedules/{schedule}/run', scope: 'submit', operation: runSchedule },
  {
    method: 'POST',
    path: '/schedules/{schedule}/enable',
    scope: 'admin',
    operation: enableSchedule,
  },
  {
    method: 'POST',
    path: '/schedules/{schedule}/disable',
    scope: 'admin',
    operation: disableSchedule,
  },

  { method: 'GET', path: '/interrupts', scope: 'read', operation: listInterrupts },
  {
    method: 'POST',
    path: '/interrupts/{interrupt}/enable',
    scope: 'admin',
    operation: enableInterrupt,
  },
  {
    method: 'POST',
    path: '/interrupts/{interrupt}/disable',
    scope: 'admin',
    operation: disableInterrupt,
  },

  { method: 'GET', path: '/events', scope: 'read', operation: listenToEvents },
  { method: 'POST', path: '/events', scope: 'submit', operation: emitEvent },
  { method: 'GET', path: '/waits', scope: 'read', operation: listWaits },

  { method: 'GET', path: '/stats', scope: 'read', operation: getStats },
]
