export type ServiceName = 'postgres' | 'redis'

/** A server of the bench's own: its own port, its own data folder, gone afterwards. */
export interface Service {
  readonly url: string
  /** Version and the settings that decide about durability. */
  readonly description: string
  stop(): Promise<void>
}

/** Where a contender finds the URL of a service. */
export function variableOf(name: ServiceName): string {
  return `SETPOINT_BENCH_${name.toUpperCase()}_URL`
}

/** @throws {Error} outside the processes that the harness starts. */
export function urlOf(name: ServiceName): string {
  const url = process.env[variableOf(name)]
  if (url === undefined) throw new Error(`${variableOf(name)} is not set`)
  return url
}
