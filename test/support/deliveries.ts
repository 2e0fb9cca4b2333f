import type { Tasklet } from '../../src/core/tasklet.ts'
import type { Task } from '../../src/plan/model.ts'
import { bareTask } from '../../src/plan/tasks/bare-task.ts'
import { Delivery } from '../../src/runtime/deliveries/delivery.ts'
import { newTasklet } from '../../src/testing/store-contract/records.ts'

export function makeTask(changes: Partial<Task> = {}): Task {
  const backoff = { type: 'exponential', delay: 1000 } as const
  return {
    ...bareTask('plan', 'task'),
    retry: { attempts: 3, backoff, except: [], onPlanning: false },
    ...changes,
  }
}

/** The delivery of a tasklet that is leased under the token 1. */
export function makeDelivery(tasklet: Partial<Tasklet> = {}, task: Partial<Task> = {}): Delivery {
  const lease = { owner: 'owner', token: 1, until: 0 }
  return new Delivery(newTasklet({ status: 'running', lease, ...tasklet }), makeTask(task))
}
