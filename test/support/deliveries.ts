import type { Tasklet } from '../../src/core/tasklet.ts'
import type { Task } from '../../src/plan/model.ts'
import { Delivery } from '../../src/runtime/deliveries/delivery.ts'
import { newTasklet } from '../../src/testing/store-contract/records.ts'

export function makeTask(changes: Partial<Task> = {}): Task {
  return {
    plan: 'plan',
    name: 'task',
    title: undefined,
    external: false,
    run: () => undefined,
    steps: undefined,
    mode: 'async',
    module: undefined,
    memory: undefined,
    input: undefined,
    output: undefined,
    requires: [],
    leaves: undefined,
    disturbs: false,
    exclusive: false,
    maxInstances: undefined,
    resources: {},
    timeout: undefined,
    acquireTimeout: undefined,
    prepareTimeout: undefined,
    expiresAfter: undefined,
    retry: {
      attempts: 3,
      backoff: { type: 'exponential', delay: 1000 },
      except: [],
      onPlanning: false,
    },
    limit: undefined,
    groupConcurrency: undefined,
    priority: undefined,
    queue: undefined,
    tags: [],
    ...changes,
  }
}

/** The delivery of a tasklet that is leased under the token 1. */
export function makeDelivery(tasklet: Partial<Tasklet> = {}, task: Partial<Task> = {}): Delivery {
  const lease = { owner: 'owner', token: 1, until: 0 }
  return new Delivery(newTasklet({ status: 'running', lease, ...tasklet }), makeTask(task))
}
