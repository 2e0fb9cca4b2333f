export interface PostgresOptions {
  /** Where the tables stand; created when it is missing. Default `setpoint`. */
  readonly schema?: string | undefined
  /** Connections at once, besides one that listens; default 10. */
  readonly connections?: number | undefined
}
