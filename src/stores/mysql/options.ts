export interface MysqlOptions {
  /** The most connections that are open at a time; default 10. */
  readonly connections?: number | undefined
  /** Milliseconds between two looks for changes by other processes; default 200. */
  readonly pollInterval?: number | undefined
  /** Milliseconds until a connection that cannot be made is given up; default 10 000. */
  readonly connectTimeout?: number | undefined
}
