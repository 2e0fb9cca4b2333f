import type { Runtime } from '../runtime/runtime.ts'
import { countEvents } from './event-metrics.ts'
import { Instruments } from './instruments.ts'
import { watchProcess } from './process-metrics.ts'
import { showStats } from './queue-metrics.ts'

export interface MetricsOptions {
  /** Sets of label values that one metric has at most; those that come later count as `other`. 1000. */
  readonly maxSeries?: number
}

/** A request that was answered. */
export interface HttpObservation {
  readonly method: string
  /** The pattern of its route, such as `/tasks/{id}`: never the path, which has no end of values. */
  readonly route: string
  readonly status: number
  /** Milliseconds. */
  readonly duration: number
}

export interface Metrics {
  readonly contentType: string
  /** All metrics in the text format of Prometheus. Those of a store that cannot be read are old. */
  scrape(): Promise<string>
  /** For a gateway: tells of a request. */
  request(observation: HttpObservation): void
  /** Counts no more. */
  close(): void
}

/** Counts what the runtime does from now on, in a registry of its own. */
export function createMetrics(
  runtime: Pick<Runtime, 'events' | 'stats' | 'status'>,
  { maxSeries = 1000 }: MetricsOptions = {},
): Metrics {
  const instruments = new Instruments(maxSeries)
  const stopCounting = countEvents(runtime.events, instruments)
  const ownProcess = watchProcess(instruments)
  return {
    contentType: instruments.contentType,
    async scrape() {
      instruments.set('setpoint_up', [], runtime.status === 'running' ? 1 : 0)
      ownProcess.show()
      try {
        showStats(instruments, await runtime.stats())
      } catch {
        // Told by the counter: who scrapes must still learn what else there is.
        instruments.count('setpoint_scrape_failures_total')
      }
      return instruments.text()
    },
    request({ method, route, status, duration }) {
      instruments.count('setpoint_http_requests_total', [method, route, String(status)])
      instruments.observe('setpoint_http_request_seconds', [method, route], duration / 1000)
    },
    close() {
      stopCounting()
      ownProcess.close()
    },
  }
}

/** Answers a scrape, wherever a handler of fetch requests can be mounted. */
export function metricsRoute(metrics: Pick<Metrics, 'scrape' | 'contentType'>) {
  return async (): Promise<Response> => {
    const headers = { 'content-type': metrics.contentType, 'cache-control': 'no-store' }
    return new Response(await metrics.scrape(), { headers })
  }
}
