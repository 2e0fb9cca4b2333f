import type { Task } from '../model.ts'

/** A task that says nothing: it does nothing, once, and needs nothing for it. */
export function bareTask(plan: string, name: string): Task {
  return {
    plan,
    name,
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
    retry: { attempts: 1, backoff: { type: 'fixed', delay: 0 }, except: [], onPlanning: false },
    limit: undefined,
    groupConcurrency: undefined,
    priority: undefined,
    queue: undefined,
    tags: [],
  }
}
