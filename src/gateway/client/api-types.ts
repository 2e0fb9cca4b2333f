// Made by npm run schema from docs/openapi.json, sha256 5c3b5cf537bcf2fe7b3df29a1039f3f49d41e0ba3a89d32c9fb517201b915d5a

export interface paths {
  '/api/v1/tasks': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List tasklets, newest first
     * @description `task` is the name within the plan, or the full name `plan/task`.
     */
    get: operations['listTasks']
    put?: never
    /**
     * Submit a task
     * @description The tasklet is stored when the answer comes. A full queue is refused at once: try again later.
     */
    post: operations['submitTask']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/tasks/batch': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Submit tasks that are stored together, or none of them
     * @description Entries may depend on keys of the batch and on ids of earlier tasklets. A refusal names the entry.
     */
    post: operations['submitBatch']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/tasks/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One tasklet
     * @description With `wait` (60s at most) the answer comes when it has settled, or when the time is over.
     */
    get: operations['getTask']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/tasks/{id}/explain': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Why a tasklet is not running */
    get: operations['explainTask']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/tasks/{id}/timeline': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** When a tasklet went through its stations */
    get: operations['timelineOfTask']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/tasks/{id}/machine': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The statechart of a tasklet, and where in it the tasklet is
     * @description `life` is the machine of every tasklet; `steps` the one that the steps of its task are compiled to, as the plan has them now.
     */
    get: operations['machineOfTask']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/tasks/{id}/cancel': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Cancel a tasklet
     * @description One that waits is cancelled at once; a running one is asked to stop.
     */
    post: operations['cancelTask']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/tasks/{id}/retry': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Run a dead letter again, as a new tasklet */
    post: operations['retryTask']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/executable': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** What could run now, in order; nothing is claimed */
    get: operations['listExecutable']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/timeline': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** When tasklets were queued, prepared, started and settled, newest first */
    get: operations['readTimeline']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/leases': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Lease work of tasks that are declared external
     * @description Waits for work up to `wait` (20s unless given, 60s at most); the list is empty when none came. Each item has to be acknowledged, refused or extended before `lease` (`30s`) has passed.
     */
    post: operations['pullLeases']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/leases/{token}/ack': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** The work is done */
    post: operations['ackLease']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/leases/{token}/nack': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * The work failed
     * @description Spends an attempt; the tasklet waits for the next one, or ends in the dead letters, as the task says. `retryAfter` takes the place of its backoff.
     */
    post: operations['nackLease']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/leases/{token}/extend': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** The work takes longer */
    post: operations['extendLease']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/queues': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** All queues: how full they are and how they flow */
    get: operations['listQueues']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/queues/{name}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One queue, and what may run now, first to run first
     * @description Pages with the same `version` fit together; it is also what a new order is based on.
     */
    get: operations['getQueue']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/queues/{name}/pause': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Start nothing more from a queue, in any process */
    post: operations['pauseQueue']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/queues/{name}/resume': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Start work from a paused queue again */
    post: operations['resumeQueue']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/queues/{name}/clear': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Cancel everything that waits in a queue */
    post: operations['clearQueue']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/queues/{name}/order': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /**
     * Give the waiting tasklets another order
     * @description `ids` holds each pending tasklet once. `version` is the one that was read; when the queue has changed since, nothing is done.
     */
    put: operations['orderQueue']
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/queues/{name}/move': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Move one tasklet to a position
     * @description Position 0 is the front. The others keep their order.
     */
    post: operations['moveInQueue']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/queues/{name}/priority': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Give a waiting tasklet another priority */
    post: operations['setPriority']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/plans': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The plans that are loaded */
    get: operations['listPlans']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/plans/{name}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** One plan: its tasks, its states, and where its world is believed to be */
    get: operations['getPlan']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/plans/{name}/machine': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The machine of a plan, or of the steps of one of its tasks
     * @description `xstate` (unless given) is the config that Stately takes, `mermaid` a diagram, `ts` a module.
     */
    get: operations['machineOfPlan']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/plans/{name}/path': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The cheapest path to a state
     * @description From `from`, given once for each region, or from where the checks say that the world is. Nothing is moved.
     */
    get: operations['findPath']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/plans/{name}/events': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Tell a plan what happened outside
     * @description Its twin takes the event, such as what a sensor or a webhook says.
     */
    post: operations['sendEvent']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/plans/{name}/go-to': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Bring the world of a plan into a state
     * @description A full queue is refused at once: try again later.
     */
    post: operations['goTo']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/dead-letters': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List tasklets that failed for good, newest first
     * @description Those that were run again are left out unless `replayed=true`.
     */
    get: operations['listDeadLetters']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/dead-letters/replay': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Run dead letters again, each as a new tasklet */
    post: operations['replayDeadLetters']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/dead-letters/discard': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Delete dead letters */
    post: operations['discardDeadLetters']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/schedules': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** What is submitted without being asked, and when next */
    get: operations['listSchedules']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/schedules/{schedule}/next': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The next instants of a schedule
     * @description None when it fires on no time.
     */
    get: operations['nextOfSchedule']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/schedules/{schedule}/run': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Submit the task of a schedule now, with its fixed input
     * @description A full queue is refused at once: try again later.
     */
    post: operations['runSchedule']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/schedules/{schedule}/enable': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Switch a schedule on
     * @description What passed while it was off is not made up for.
     */
    post: operations['enableSchedule']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/schedules/{schedule}/disable': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Switch a schedule off
     * @description What it has submitted goes on.
     */
    post: operations['disableSchedule']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/interrupts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** The rules that break in, and how they stand */
    get: operations['listInterrupts']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/interrupts/{interrupt}/enable': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Switch a rule on
     * @description The name is `plan/name`.
     */
    post: operations['enableInterrupt']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/interrupts/{interrupt}/disable': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Switch a rule off
     * @description An interrupt that is under way is brought to its end.
     */
    post: operations['disableInterrupt']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/events': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Events as they are told (server-sent events)
     * @description In a pattern `*` stands for one word and `**` for any number of them; `**` unless given. Last-Event-ID goes on after that event; `event: gap` says that some are not kept any more.
     */
    get: operations['listenToEvents']
    put?: never
    /**
     * Tell an event of your own
     * @description It is stored when the answer comes. Schedules, interrupts and steps that wait for it hear of it; `matches` are the waits that it ends.
     */
    post: operations['emitEvent']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/waits': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** What running work waits to be told, the oldest first */
    get: operations['listWaits']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/stats': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Counts, times, flow and health of all queues
     * @description `window` is how far times and flow look back: from `1m` to `1d`, `15m` unless given.
     */
    get: operations['getStats']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export interface components {
  schemas: {
    /** @description A wish to run a task. */
    NewTasklet: {
      task: string
      input?: unknown
      options?: components['schemas']['SubmitOptions']
    }
    /** @description How, when and whether it is run. */
    SubmitOptions: {
      /** @description A number 0..1000 (the lower runs first) or its name. */
      priority?: components['schemas']['Priority'] | ('interrupt' | 'high' | 'normal' | 'low')
      queue?: string
      delay?: components['schemas']['Duration']
      /** @description Milliseconds since the epoch, or ISO 8601 with its offset. */
      runAt?: number | string
      /** @description Tasklets that have to be settled first: ids, or ids by name. */
      dependsOn?:
        | string[]
        | {
            [key: string]: string
          }
      /** @enum {string} */
      onDependencyFailure?: 'fail' | 'cancel' | 'run'
      idempotencyKey?: string
      unique?: {
        key: string
        period?: 'unsettled' | components['schemas']['Duration']
        keepLast?: boolean
      }
      debounce?: {
        key: string
        period: components['schemas']['Duration']
      }
      throttle?: {
        key: string
        period: components['schemas']['Duration']
      }
      group?: string
      timeout?: components['schemas']['Duration']
      acquireTimeout?: components['schemas']['Duration']
      prepareTimeout?: components['schemas']['Duration']
      expiresAfter?: components['schemas']['Duration']
      retry?: {
        attempts?: number
        backoff?: {
          /** @enum {string} */
          type: 'fixed' | 'exponential'
          delay: components['schemas']['Duration']
          max?: components['schemas']['Duration']
          jitter?: number
        }
      }
      tags?: string[]
      initialContext?: unknown
      traceId?: string
      traceparent?: string
      estimatedDuration?: components['schemas']['Duration']
      /** @enum {string} */
      source?: 'api' | 'manual'
    }
    /** @description The lower runs first. */
    Priority: number
    /** @description Milliseconds, or a text like 250ms, 30s, 5m, 2h, 1d. */
    Duration: number | string
    /** @description The stored tasklet; with `created: false` an earlier one, and the reason. */
    Accepted: {
      id: string
      created: boolean
      /** @enum {string} */
      reason?: 'idempotency-key' | 'unique' | 'throttled' | 'debounced' | 'replaced' | 'replayed'
    }
    /** @description Why a request was refused (RFC 9457); docs/errors.md has an entry for each code. */
    Problem: {
      type: string
      title: string
      status: number
      /** @enum {string} */
      code:
        | 'invalid_input'
        | 'invalid_json'
        | 'unauthorized'
        | 'forbidden'
        | 'not_found'
        | 'no_route'
        | 'method_not_allowed'
        | 'conflict'
        | 'lease_lost'
        | 'store_conflict'
        | 'too_large'
        | 'store_too_large'
        | 'unsupported_media_type'
        | 'queue_full'
        | 'rate_limited'
        | 'gone'
        | 'internal'
        | 'lifecycle'
        | 'store_locked'
        | 'store_unavailable'
        | 'store_closed'
        | 'overloaded'
        | 'store_full'
      detail: string
      instance: string
      errors?: {
        /** @enum {string} */
        in: 'path' | 'query' | 'header' | 'body'
        path: string
        message: string
        suggestion?: string
      }[]
    } & {
      [key: string]: unknown
    }
    /** @description Tasklets that are stored together, or none. */
    NewBatch: {
      entries: {
        key: string
        task: string
        input?: unknown
        options?: {
          /** @description A number 0..1000 (the lower runs first) or its name. */
          priority?: components['schemas']['Priority'] | ('interrupt' | 'high' | 'normal' | 'low')
          queue?: string
          delay?: components['schemas']['Duration']
          /** @description Milliseconds since the epoch, or ISO 8601 with its offset. */
          runAt?: number | string
          /** @enum {string} */
          onDependencyFailure?: 'fail' | 'cancel' | 'run'
          idempotencyKey?: string
          unique?: {
            key: string
            period?: 'unsettled' | components['schemas']['Duration']
            keepLast?: boolean
          }
          debounce?: {
            key: string
            period: components['schemas']['Duration']
          }
          throttle?: {
            key: string
            period: components['schemas']['Duration']
          }
          group?: string
          timeout?: components['schemas']['Duration']
          acquireTimeout?: components['schemas']['Duration']
          prepareTimeout?: components['schemas']['Duration']
          expiresAfter?: components['schemas']['Duration']
          retry?: {
            attempts?: number
            backoff?: {
              /** @enum {string} */
              type: 'fixed' | 'exponential'
              delay: components['schemas']['Duration']
              max?: components['schemas']['Duration']
              jitter?: number
            }
          }
          tags?: string[]
          initialContext?: unknown
          traceId?: string
          traceparent?: string
          estimatedDuration?: components['schemas']['Duration']
          /** @enum {string} */
          source?: 'api' | 'manual'
        }
        /** @description Tasklets that have to be settled first: ids, or ids by name. */
        dependsOn?:
          | string[]
          | {
              [key: string]: string
            }
      }[]
    }
    /** @description The stored tasklets, by their keys. */
    AcceptedBatch: {
      tasklets: {
        [key: string]: components['schemas']['Accepted']
      }
    }
    /** @description One submitted run of a task: its record. */
    Tasklet: {
      id: string
      plan: string
      task: string
      planVersion: string
      queue: string
      priority: components['schemas']['Priority']
      sequence: number
      /** @enum {string} */
      status:
        | 'blocked'
        | 'scheduled'
        | 'pending'
        | 'running'
        | 'retrying'
        | 'completed'
        | 'failed'
        | 'cancelled'
      input?: unknown
      initialContext?: unknown
      output?: unknown
      error?: components['schemas']['Error']
      /** @description What preparation found and did to the world. */
      trail?: {
        from?: string
        target: string
        steps: ({
          event: string
          task: string
          from: string
          to: string
          cost: number
          duration: components['schemas']['Milliseconds']
          /** @enum {string} */
          outcome: 'moved' | 'failed'
          message?: string
        } & {
          [key: string]: unknown
        })[]
      } & {
        [key: string]: unknown
      }
      attempts: number
      maxAttempts: number
      backoff?: components['schemas']['Backoff']
      deliveries: number
      notBefore?: components['schemas']['Time']
      timeout?: components['schemas']['Milliseconds']
      /** @description Limits of the phases before execution. */
      timeouts?: {
        acquire?: components['schemas']['Milliseconds']
        prepare?: components['schemas']['Milliseconds']
      } & {
        [key: string]: unknown
      }
      /** @description When the phase of the present attempt has to be over. */
      deadline?: {
        /** @enum {string} */
        phase: 'acquiring' | 'preparing' | 'executing'
        at: components['schemas']['Time']
      } & {
        [key: string]: unknown
      }
      requires: string[]
      dependencies: ({
        key: string
        id: string
      } & {
        [key: string]: unknown
      })[]
      /** @enum {string} */
      onDependencyFailure: 'fail' | 'cancel' | 'run'
      expiresAt?: components['schemas']['Time']
      group?: string
      /** @description At most one record of the task with this key; without `until`, while unsettled. */
      unique?: {
        key: string
        until?: components['schemas']['Time']
        /** @enum {string} */
        onDuplicate: 'return' | 'replace' | 'keep-last'
      } & {
        [key: string]: unknown
      }
      failures: ({
        attempt: number
        at: components['schemas']['Time']
        error: components['schemas']['Error']
      } & {
        [key: string]: unknown
      })[]
      replayOf?: string
      replayedBy?: string
      idempotencyKey?: string
      tags: string[]
      /** @enum {string} */
      source: 'api' | 'manual' | 'schedule' | 'event' | 'interrupt' | 'transition' | 'step'
      /** @description What it was submitted for. */
      event?: {
        name: string
        at: components['schemas']['Time']
        data?: unknown
        lineage?: components['schemas']['Lineage']
      } & {
        [key: string]: unknown
      }
      /** @default 0 */
      interruptions: number
      parentId?: string
      traceId?: string
      traceparent?: string
      estimatedDuration?: components['schemas']['Milliseconds']
      actualDuration?: components['schemas']['Milliseconds']
      createdAt: components['schemas']['Time']
      updatedAt: components['schemas']['Time']
      startedAt?: components['schemas']['Time']
      settledAt?: components['schemas']['Time']
      /** @description The right of one process to work on it, until then. */
      lease?: {
        owner: string
        token: number
        until: components['schemas']['Time']
      } & {
        [key: string]: unknown
      }
      cancelRequested?: string
    } & {
      [key: string]: unknown
    }
    /** @description Why an attempt, or the tasklet, failed. */
    Error: {
      /** @enum {string} */
      kind:
        | 'error'
        | 'timeout'
        | 'cancelled'
        | 'planning'
        | 'acquire-timeout'
        | 'expired'
        | 'dependency'
        | 'hook'
        | 'poison'
        | 'invalid-input'
        | 'missing-task'
        | 'malformed'
        | 'lease-lost'
      message: string
      /** @enum {string} */
      reason?: 'unreachable' | 'ambiguous' | 'undetectable' | 'check' | 'budget' | 'trail'
      step?: string
      stack?: string
      cause?: components['schemas']['Error']
    } & {
      [key: string]: unknown
    }
    /** @description A length of time in milliseconds. */
    Milliseconds: number
    /** @description How long to wait before the next attempt. */
    Backoff: {
      /** @enum {string} */
      type: 'fixed' | 'exponential'
      delay: components['schemas']['Duration']
      max?: components['schemas']['Duration']
      jitter?: number
    } & {
      [key: string]: unknown
    }
    /** @description Milliseconds since the epoch. */
    Time: number
    /** @description The event that it came of, the first of the chain, and how long the chain is. */
    Lineage: {
      id: string
      correlationId: string
      causationId?: string
      depth: number
      triggers: string[]
    } & {
      [key: string]: unknown
    }
    /** @description A record and, while it runs in the process that answers, what it is doing. */
    TaskletView: {
      id: string
      plan: string
      task: string
      planVersion: string
      queue: string
      priority: components['schemas']['Priority']
      sequence: number
      /** @enum {string} */
      status:
        | 'blocked'
        | 'scheduled'
        | 'pending'
        | 'running'
        | 'retrying'
        | 'completed'
        | 'failed'
        | 'cancelled'
      input?: unknown
      initialContext?: unknown
      output?: unknown
      error?: components['schemas']['Error']
      /** @description What preparation found and did to the world. */
      trail?: {
        from?: string
        target: string
        steps: ({
          event: string
          task: string
          from: string
          to: string
          cost: number
          duration: components['schemas']['Milliseconds']
          /** @enum {string} */
          outcome: 'moved' | 'failed'
          message?: string
        } & {
          [key: string]: unknown
        })[]
      } & {
        [key: string]: unknown
      }
      attempts: number
      maxAttempts: number
      backoff?: components['schemas']['Backoff']
      deliveries: number
      notBefore?: components['schemas']['Time']
      timeout?: components['schemas']['Milliseconds']
      /** @description Limits of the phases before execution. */
      timeouts?: {
        acquire?: components['schemas']['Milliseconds']
        prepare?: components['schemas']['Milliseconds']
      } & {
        [key: string]: unknown
      }
      /** @description When the phase of the present attempt has to be over. */
      deadline?: {
        /** @enum {string} */
        phase: 'acquiring' | 'preparing' | 'executing'
        at: components['schemas']['Time']
      } & {
        [key: string]: unknown
      }
      requires: string[]
      dependencies: ({
        key: string
        id: string
      } & {
        [key: string]: unknown
      })[]
      /** @enum {string} */
      onDependencyFailure: 'fail' | 'cancel' | 'run'
      expiresAt?: components['schemas']['Time']
      group?: string
      /** @description At most one record of the task with this key; without `until`, while unsettled. */
      unique?: {
        key: string
        until?: components['schemas']['Time']
        /** @enum {string} */
        onDuplicate: 'return' | 'replace' | 'keep-last'
      } & {
        [key: string]: unknown
      }
      failures: ({
        attempt: number
        at: components['schemas']['Time']
        error: components['schemas']['Error']
      } & {
        [key: string]: unknown
      })[]
      replayOf?: string
      replayedBy?: string
      idempotencyKey?: string
      tags: string[]
      /** @enum {string} */
      source: 'api' | 'manual' | 'schedule' | 'event' | 'interrupt' | 'transition' | 'step'
      /** @description What it was submitted for. */
      event?: {
        name: string
        at: components['schemas']['Time']
        data?: unknown
        lineage?: components['schemas']['Lineage']
      } & {
        [key: string]: unknown
      }
      /** @default 0 */
      interruptions: number
      parentId?: string
      traceId?: string
      traceparent?: string
      estimatedDuration?: components['schemas']['Milliseconds']
      actualDuration?: components['schemas']['Milliseconds']
      createdAt: components['schemas']['Time']
      updatedAt: components['schemas']['Time']
      startedAt?: components['schemas']['Time']
      settledAt?: components['schemas']['Time']
      /** @description The right of one process to work on it, until then. */
      lease?: {
        owner: string
        token: number
        until: components['schemas']['Time']
      } & {
        [key: string]: unknown
      }
      cancelRequested?: string
      /** @enum {string} */
      phase?: 'acquiring' | 'preparing' | 'executing' | 'settling'
    } & {
      [key: string]: unknown
    }
    /** @description Why a tasklet is not running; docs/explain.md has a line for each code. */
    Explanation: {
      runnable: boolean
      reasons: {
        code: string
        message: string
        until?: components['schemas']['Time']
        holder?: string
      }[]
      waits: {
        from: string
        to: string
        because: string
      }[]
    }
    /** @description Something that happened to a tasklet. */
    Station: {
      at: components['schemas']['Time']
      what: string
      message?: string
    }
    /** @description One attempt of one step: `restore/fetch` is a step of a sub-task. */
    Step: {
      key: string
      attempt?: number
      /** @enum {string} */
      status: 'running' | 'completed' | 'failed' | 'cancelled' | 'timedOut'
      startedAt?: components['schemas']['Time']
      endedAt?: components['schemas']['Time']
      duration?: number
      message?: string
    }
    /** @description When a tasklet went through its stations. */
    TimelineEntry: {
      id: string
      task: string
      /** @enum {string} */
      status:
        | 'blocked'
        | 'scheduled'
        | 'pending'
        | 'running'
        | 'retrying'
        | 'completed'
        | 'failed'
        | 'cancelled'
      queuedAt: components['schemas']['Time']
      startedAt?: components['schemas']['Time']
      preparedAt?: components['schemas']['Time']
      settledAt?: components['schemas']['Time']
      waited: number
      ran?: number
      attempts: number
      trail?: {
        from?: string
        target: string
        moved: number
        failed: number
        duration: components['schemas']['Milliseconds']
      }
    }
    /** @description What work is wanted, and for how long. */
    Pull: {
      queue?: string
      task?: string
      limit?: number
      lease?: components['schemas']['Duration']
      wait?: components['schemas']['Duration']
      consumer?: string
    }
    /** @description Work, and the name of its lease. */
    Leased: {
      token: string
      until: components['schemas']['Time']
      tasklet: components['schemas']['Tasklet']
    }
    /** @description Why the work failed. `fatal`: trying again cannot help. */
    Refusal: {
      error?: string
      retryAfter?: components['schemas']['Duration']
      fatal?: boolean
    }
    /** @description How full a queue is and how it flows. */
    QueueStats: {
      queue: string
      paused: boolean
      counts: components['schemas']['Counts']
      depth: number
      maxSize?: number
      oldestAge?: components['schemas']['Milliseconds']
      wait: components['schemas']['Percentiles']
      run: components['schemas']['Percentiles']
      inPerMinute: number
      outPerMinute: number
      completed: number
      failed: number
      cancelled: number
      retries: number
      leaseExpiries: number
    }
    /** @description How many tasklets have each status. */
    Counts: {
      [key: string]: number
    }
    /** @description Milliseconds, too high by a quarter at the most; missing where nothing was measured. */
    Percentiles: {
      p50?: number
      p95?: number
      p99?: number
    }
    /** @description A plan in short; states are dotted paths. */
    PlanSummary: {
      name: string
      version: string
      description?: string
      tasks: string[]
      states: string[]
      resources: {
        [key: string]: number
      }
    }
    /** @description The version of a plan that counts now. */
    Plan: {
      name: string
      version: string
      description?: string
      tasks: components['schemas']['Task'][]
      states: string[]
      resources: {
        [key: string]: number
      }
      belief?: components['schemas']['Belief']
      schedules: string[]
      interrupts: string[]
      warnings: {
        rule: string
        message: string
        path: string
      }[]
    }
    /** @description A task; `input` and `output` are JSON Schemas. */
    Task: {
      name: string
      title?: string
      external: boolean
      mode: string
      requires: string[]
      leaves?: string
      resources: {
        [key: string]: number
      }
      queue?: string
      priority?: number
      timeout?: components['schemas']['Milliseconds']
      retry: {
        attempts: number
        backoff: components['schemas']['Backoff']
        except: string[]
        onPlanning: boolean
      }
      tags: string[]
      input?: unknown
      output?: unknown
    }
    /** @description Where the world is believed to be, and why. */
    Belief: {
      states: string[]
      context?: unknown
      source: string
      at: components['schemas']['Time']
      evidence: {
        state: string
        answer: boolean | string
        duration: components['schemas']['Milliseconds']
        error?: string
      }[]
    }
    /** @description The cheapest path, or why there is none; `ambiguous`, `undetectable` and `check` when the checks, whose `evidence` it is, do not say where the world is. */
    Verdict: {
      /** @enum {string} */
      outcome: 'reachable' | 'unreachable' | 'budget' | 'ambiguous' | 'undetectable' | 'check'
      from?: string[]
      path?: {
        key: string
        event: string
        task: string
        from: string
        to: string
        cost: number
        declared: number
        with?: unknown
        timeout?: components['schemas']['Milliseconds']
        verify: {
          tries: number
          delay: number
        }
      }[]
      cost?: number
      refused?: {
        from: string
        event: string
        guard?: string
        reason: string
      }[]
      message?: string
      evidence?: {
        state: string
        answer: boolean | string
        duration: components['schemas']['Milliseconds']
        error?: string
      }[]
    }
    /** @description Either ids, or a filter: `{}` stands for all dead letters. */
    DeadLetterChoice: {
      ids?: string[]
      filter?: {
        plan?: string
        task?: string
        queue?: string
        tag?: string
        group?: string
        text?: string
        since?: components['schemas']['Time']
        settledSince?: components['schemas']['Time']
      }
    }
    /** @description When a task is submitted without being asked. */
    Schedule: {
      id: string
      task: string
      trigger: string
      zone: string
      enabled: boolean
      state: string
      next?: components['schemas']['Time']
      firedAt?: components['schemas']['Time']
      tasklet?: string
      misfire: {
        policy: string
        limit: number
      }
      overlap: string
      jitter: components['schemas']['Milliseconds']
      start?: components['schemas']['Time']
      end?: components['schemas']['Time']
    }
    /** @description A rule that breaks in. */
    Interrupt: {
      name: string
      state: string
      enabled: boolean
      /** @enum {string} */
      scope: 'plan' | 'runtime'
      when: string
      run: string
      victims: {
        policy: string
        tasks: string[]
        tags: string[]
      }
      cooldown: components['schemas']['Milliseconds']
      returnTo?: string
      priority: number
      firedAt?: components['schemas']['Time']
      handler?: string
      cooldownUntil?: components['schemas']['Time']
    }
    /** @description What goes on in all queues. */
    Stats: {
      at: components['schemas']['Time']
      window: components['schemas']['Milliseconds']
      counts: components['schemas']['Counts']
      queues: components['schemas']['QueueStats'][]
      brokers: components['schemas']['BrokerState'][]
      minutes: components['schemas']['Throughput'][]
      health: {
        /** @enum {string} */
        status: 'ok' | 'degraded' | 'stalled'
        reasons: {
          /** @enum {string} */
          status: 'degraded' | 'stalled'
          code: string
          queue?: string
          /** @enum {string} */
          role?: 'dispatch' | 'topics' | 'submissions'
          message: string
        }[]
      }
      wait: components['schemas']['Percentiles']
      run: components['schemas']['Percentiles']
      inPerMinute: number
      outPerMinute: number
      completed: number
      failed: number
      cancelled: number
      retries: number
      leaseExpiries: number
    }
    /** @description How the process that answers stands to a broker. */
    BrokerState: {
      /** @enum {string} */
      role: 'dispatch' | 'topics' | 'submissions'
      name: string
      isUp: boolean
    }
    /** @description What came in and went out of a queue in each minute, oldest first. */
    Throughput: {
      queue: string
      in: number[]
      out: number[]
    }
  }
  responses: never
  parameters: never
  requestBodies: never
  headers: never
  pathItems: never
}
export interface operations {
  listTasks: {
    parameters: {
      query?: {
        status?: (
          | 'blocked'
          | 'scheduled'
          | 'pending'
          | 'running'
          | 'retrying'
          | 'completed'
          | 'failed'
          | 'cancelled'
        )[]
        plan?: string
        task?: string
        queue?: string
        tag?: string
        group?: string
        text?: string
        /** @description Milliseconds since the epoch, or ISO 8601. */
        since?: number
        /** @description Milliseconds since the epoch, or ISO 8601. */
        settledSince?: number
        limit?: number
        /** @description From the page before, with the same filter. */
        cursor?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            items: components['schemas']['Tasklet'][]
            /** @description From the page before, with the same filter. */
            cursor?: string
          }
        }
      }
    }
  }
  submitTask: {
    parameters: {
      query?: never
      header?: {
        /** @description As `options.idempotencyKey`: the same key gives the same tasklet. */
        'Idempotency-Key'?: string
        /** @description The span that submits it (W3C Trace Context), unless the options name one. */
        traceparent?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewTasklet']
      }
    }
    responses: {
      /** @description Stored, or found. */
      202: {
        headers: {
          /** @description Where the tasklet is. */
          Location?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Accepted']
        }
      }
    }
  }
  submitBatch: {
    parameters: {
      query?: never
      header?: {
        /** @description The span that submits them (W3C Trace Context), unless their options name one. */
        traceparent?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewBatch']
      }
    }
    responses: {
      /** @description All are stored, or found: by their keys. */
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AcceptedBatch']
        }
      }
    }
  }
  getTask: {
    parameters: {
      query?: {
        wait?: components['schemas']['Duration']
      }
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The record as it is now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TaskletView']
        }
      }
    }
  }
  explainTask: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Every reason there is. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Explanation']
        }
      }
    }
  }
  timelineOfTask: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Its times, the stations in their order, and its steps as far as they are known. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            id: string
            task: string
            /** @enum {string} */
            status:
              | 'blocked'
              | 'scheduled'
              | 'pending'
              | 'running'
              | 'retrying'
              | 'completed'
              | 'failed'
              | 'cancelled'
            queuedAt: components['schemas']['Time']
            startedAt?: components['schemas']['Time']
            preparedAt?: components['schemas']['Time']
            settledAt?: components['schemas']['Time']
            waited: number
            ran?: number
            attempts: number
            trail?: {
              from?: string
              target: string
              moved: number
              failed: number
              duration: components['schemas']['Milliseconds']
            }
            stations: components['schemas']['Station'][]
            steps: components['schemas']['Step'][]
          }
        }
      }
    }
  }
  machineOfTask: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Configs as XState and Stately take them, and the same as Mermaid diagrams. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            id: string
            state:
              | string
              | {
                  running: string
                }
            life: {
              config: {
                [key: string]: unknown
              }
              mermaid: string
            }
            steps?: {
              config: {
                [key: string]: unknown
              }
              mermaid: string
            }
          }
        }
      }
    }
  }
  cancelTask: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': {
          /** @description Kept in the record, for people. */
          reason?: string
        }
      }
    }
    responses: {
      /** @description It is cancelled. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            id: string
            /** @constant */
            outcome: 'cancelled'
          }
        }
      }
      /** @description It is asked to stop. */
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            id: string
            /** @constant */
            outcome: 'requested'
          }
        }
      }
    }
  }
  retryTask: {
    parameters: {
      query?: never
      header?: never
      path: {
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The new tasklet. */
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Accepted']
        }
      }
    }
  }
  listExecutable: {
    parameters: {
      query?: {
        plan?: string
        task?: string
        queue?: string
        limit?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description First to run first. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            items: components['schemas']['Tasklet'][]
            /** @description From the page before, with the same filter. */
            cursor?: string
          }
        }
      }
    }
  }
  readTimeline: {
    parameters: {
      query?: {
        plan?: string
        tag?: string
        /** @description Milliseconds since the epoch, or ISO 8601. */
        since?: number
        limit?: number
        /** @description From the page before, with the same filter. */
        cursor?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            items: components['schemas']['TimelineEntry'][]
            /** @description From the page before, with the same filter. */
            cursor?: string
          }
        }
      }
    }
  }
  pullLeases: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Pull']
      }
    }
    responses: {
      /** @description What was leased. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            items: components['schemas']['Leased'][]
          }
        }
      }
    }
  }
  ackLease: {
    parameters: {
      query?: never
      header?: never
      path: {
        token: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': {
          output?: unknown
        }
      }
    }
    responses: {
      /** @description The record as it is now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Tasklet']
        }
      }
    }
  }
  nackLease: {
    parameters: {
      query?: never
      header?: never
      path: {
        token: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Refusal']
      }
    }
    responses: {
      /** @description The record as it is now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Tasklet']
        }
      }
    }
  }
  extendLease: {
    parameters: {
      query?: never
      header?: never
      path: {
        token: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          lease: components['schemas']['Duration']
        }
      }
    }
    responses: {
      /** @description The new end. With `cancelRequested` somebody wants the work to stop. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            until: components['schemas']['Time']
            cancelRequested?: string
          }
        }
      }
    }
  }
  listQueues: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description All of them. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            items: components['schemas']['QueueStats'][]
            /** @description From the page before, with the same filter. */
            cursor?: string
          }
        }
      }
    }
  }
  getQueue: {
    parameters: {
      query?: {
        limit?: number
        /** @description From the page before, with the same filter. */
        cursor?: string
      }
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The queue and one page of its order. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            queue: string
            paused: boolean
            counts: components['schemas']['Counts']
            depth: number
            maxSize?: number
            oldestAge?: components['schemas']['Milliseconds']
            wait: components['schemas']['Percentiles']
            run: components['schemas']['Percentiles']
            inPerMinute: number
            outPerMinute: number
            completed: number
            failed: number
            cancelled: number
            retries: number
            leaseExpiries: number
            version: string
            items: components['schemas']['Tasklet'][]
            /** @description From the page before, with the same filter. */
            cursor?: string
          }
        }
      }
    }
  }
  pauseQueue: {
    parameters: {
      query?: never
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The queue as it is now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['QueueStats']
        }
      }
    }
  }
  resumeQueue: {
    parameters: {
      query?: never
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The queue as it is now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['QueueStats']
        }
      }
    }
  }
  clearQueue: {
    parameters: {
      query?: never
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description How many tasklets were cancelled. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            cleared: number
          }
        }
      }
    }
  }
  orderQueue: {
    parameters: {
      query?: never
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          ids: string[]
          version: string
        }
      }
    }
    responses: {
      /** @description The queue as it is now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['QueueStats']
        }
      }
    }
  }
  moveInQueue: {
    parameters: {
      query?: never
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          id: string
          position: number
        }
      }
    }
    responses: {
      /** @description The queue as it is now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['QueueStats']
        }
      }
    }
  }
  setPriority: {
    parameters: {
      query?: never
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          id: string
          /** @description A number 0..1000 (the lower runs first) or its name. */
          priority: components['schemas']['Priority'] | ('interrupt' | 'high' | 'normal' | 'low')
        }
      }
    }
    responses: {
      /** @description The queue as it is now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['QueueStats']
        }
      }
    }
  }
  listPlans: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description All of them. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            items: components['schemas']['PlanSummary'][]
            /** @description From the page before, with the same filter. */
            cursor?: string
          }
        }
      }
    }
  }
  getPlan: {
    parameters: {
      query?: never
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The version that counts now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Plan']
        }
      }
    }
  }
  machineOfPlan: {
    parameters: {
      query?: {
        format?: 'xstate' | 'ts' | 'mermaid'
        task?: string
      }
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The machine. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            [key: string]: unknown
          }
          'text/vnd.mermaid': string
          'text/typescript': string
        }
      }
    }
  }
  findPath: {
    parameters: {
      query: {
        to: string
        from?: string[]
      }
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The path, or why there is none. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Verdict']
        }
      }
    }
  }
  sendEvent: {
    parameters: {
      query?: never
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          type: string
        } & {
          [key: string]: unknown
        }
      }
    }
    responses: {
      /** @description What is believed now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            belief?: components['schemas']['Belief']
          }
        }
      }
    }
  }
  goTo: {
    parameters: {
      query?: never
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          state: string
        }
      }
    }
    responses: {
      /** @description The tasklet that does it. */
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Accepted']
        }
      }
    }
  }
  listDeadLetters: {
    parameters: {
      query?: {
        plan?: string
        task?: string
        queue?: string
        tag?: string
        group?: string
        text?: string
        /** @description Milliseconds since the epoch, or ISO 8601. */
        since?: number
        /** @description Milliseconds since the epoch, or ISO 8601. */
        settledSince?: number
        replayed?: boolean
        limit?: number
        /** @description From the page before, with the same filter. */
        cursor?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            items: components['schemas']['Tasklet'][]
            /** @description From the page before, with the same filter. */
            cursor?: string
          }
        }
      }
    }
  }
  replayDeadLetters: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['DeadLetterChoice']
      }
    }
    responses: {
      /** @description Which were, and which were not and why. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            replayed: {
              id: string
              replayOf: string
            }[]
            refused: {
              id: string
              message: string
            }[]
          }
        }
      }
    }
  }
  discardDeadLetters: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['DeadLetterChoice']
      }
    }
    responses: {
      /** @description How many there were. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            discarded: number
          }
        }
      }
    }
  }
  listSchedules: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description All of them. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            items: components['schemas']['Schedule'][]
            /** @description From the page before, with the same filter. */
            cursor?: string
          }
        }
      }
    }
  }
  nextOfSchedule: {
    parameters: {
      query?: {
        count?: number
      }
      header?: never
      path: {
        schedule: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Milliseconds since the epoch. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            items: number[]
          }
        }
      }
    }
  }
  runSchedule: {
    parameters: {
      query?: never
      header?: never
      path: {
        schedule: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The tasklet. */
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Accepted']
        }
      }
    }
  }
  enableSchedule: {
    parameters: {
      query?: never
      header?: never
      path: {
        schedule: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The schedule as it is now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Schedule']
        }
      }
    }
  }
  disableSchedule: {
    parameters: {
      query?: never
      header?: never
      path: {
        schedule: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The schedule as it is now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Schedule']
        }
      }
    }
  }
  listInterrupts: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description All of them. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            items: components['schemas']['Interrupt'][]
            /** @description From the page before, with the same filter. */
            cursor?: string
          }
        }
      }
    }
  }
  enableInterrupt: {
    parameters: {
      query?: never
      header?: never
      path: {
        interrupt: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The rule as it is now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Interrupt']
        }
      }
    }
  }
  disableInterrupt: {
    parameters: {
      query?: never
      header?: never
      path: {
        interrupt: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The rule as it is now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Interrupt']
        }
      }
    }
  }
  listenToEvents: {
    parameters: {
      query?: {
        pattern?: string
      }
      header?: {
        /** @description The id of the event that was heard last. */
        'Last-Event-ID'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A stream that has no end. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/event-stream': string
        }
      }
    }
  }
  emitEvent: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          name: string
          data?: unknown
        }
      }
    }
    responses: {
      /** @description It is told. */
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            id: string
            name: string
            data?: unknown
            at: components['schemas']['Time']
            matches: {
              taskletId: string
              task: string
              /** @enum {string} */
              status:
                | 'blocked'
                | 'scheduled'
                | 'pending'
                | 'running'
                | 'retrying'
                | 'completed'
                | 'failed'
                | 'cancelled'
              key: string
              pattern: string
              where?: string
              openedAt: components['schemas']['Time']
              until?: components['schemas']['Time']
            }[]
          }
        }
      }
    }
  }
  listWaits: {
    parameters: {
      query?: {
        tasklet?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description All of them. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            items: {
              taskletId: string
              task: string
              /** @enum {string} */
              status:
                | 'blocked'
                | 'scheduled'
                | 'pending'
                | 'running'
                | 'retrying'
                | 'completed'
                | 'failed'
                | 'cancelled'
              key: string
              pattern: string
              where?: string
              openedAt: components['schemas']['Time']
              until?: components['schemas']['Time']
            }[]
            /** @description From the page before, with the same filter. */
            cursor?: string
          }
        }
      }
    }
  }
  getStats: {
    parameters: {
      query?: {
        window?: components['schemas']['Duration']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description As they are now. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Stats']
        }
      }
    }
  }
}
