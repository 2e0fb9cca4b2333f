export type ServiceName = 'postgres' | 'mariadb' | 'redis' | 'rabbitmq'

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
