import type { Task } from '../../plan/model.ts'

/** The task that only moves the world: `goTo` submits it with the state as its requirement. */
export const GO_TO = '$go-to'

export function goTo(plan: string): Task {
  return {
    plan,
    name: GO_TO,
    title: 'Bring the world into a state',
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
      attempts: 1,
      backoff: { type: 'fixed', delay: 0 },
      except: [],
      onPlanning: false,
    },
    limit: undefined,
    groupConcurrency: undefined,
    priority: undefined,
    queue: undefined,
    tags: [],
  }
}
