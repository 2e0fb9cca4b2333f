export { createLogger, type LoggerOptions, type LogLevel } from './telemetry/logger.ts'
export {
  createMetrics,
  type HttpObservation,
  type Metrics,
  type MetricsOptions,
  metricsRoute,
} from './telemetry/metrics.ts'
export { createTracing } from './telemetry/tracing.ts'
