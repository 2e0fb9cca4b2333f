import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Instruments } from './instruments.ts'

export interface ProcessMetrics {
  /** Sets what is true at a scrape. */
  show(): void
  close(): void
}

/** Milliseconds between the looks at the event loop. */
const RESOLUTION = 10
const NANOSECONDS = 1e9

/** What this process spends, and how late its event loop is. */
export function watchProcess(instruments: Instruments): ProcessMetrics {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION })
  delays.enable()
  let spent = { user: 0, system: 0 }
  const start = Date.now() / 1000 - process.uptime()
  const lag = (quantile: string, nanoseconds: number) => {
    // What is measured is the time from one look to the next; none yet is no delay.
    const late = Number.isFinite(nanoseconds) ? nanoseconds - RESOLUTION * 1e6 : 0
    const seconds = Math.max(0, late) / NANOSECONDS
    instruments.set('setpoint_event_loop_lag_seconds', [quantile], seconds)
  }
  return {
    show() {
      const used = process.cpuUsage()
      for (const mode of ['user', 'system'] as const) {
        const seconds = Math.max(0, used[mode] - spent[mode]) / 1e6
        instruments.count('setpoint_process_cpu_seconds_total', [mode], seconds)
      }
      spent = used
      const { rss, heapUsed } = process.memoryUsage()
      instruments.set('setpoint_process_resident_memory_bytes', [], rss)
      instruments.set('setpoint_process_heap_used_bytes', [], heapUsed)
      instruments.set('setpoint_process_start_time_seconds', [], start)
      lag('0.5', delays.percentile(50))
      lag('0.99', delays.percentile(99))
      lag('1', delays.max)
      delays.reset()
    },
    close: () => delays.disable(),
  }
}
