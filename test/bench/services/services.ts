import { startMariadb } from '../../support/servers/mariadb.ts'
import { startPostgres } from '../../support/servers/postgres.ts'
import { startRabbitmq } from '../../support/servers/rabbitmq.ts'
import { startRedis } from '../../support/servers/redis.ts'
import type { OwnServer } from '../../support/servers/server.ts'
import { type ServiceName, variableOf } from './service.ts'

const STARTERS: Readonly<Record<ServiceName, () => Promise<OwnServer>>> = {
  postgres: startPostgres,
  mariadb: startMariadb,
  redis: startRedis,
  rabbitmq: startRabbitmq,
}

export type Attempt = { readonly server: OwnServer } | { readonly refusal: string }

/** Starts each service when it is first needed; `close` ends them all. */
export class Services {
  readonly #attempts = new Map<ServiceName, Attempt>()

  /** A service that cannot be started is an answer, not an error: its contenders are skipped. */
  async require(name: ServiceName): Promise<Attempt> {
    const known = this.#attempts.get(name)
    if (known !== undefined) return known
    const attempt = await STARTERS[name]().then(
      (server) => ({ server }),
      (error: unknown) => ({ refusal: error instanceof Error ? error.message : String(error) }),
    )
    this.#attempts.set(name, attempt)
    return attempt
  }

  /** The URLs of what runs, for the processes of contenders. */
  variables(): Readonly<Record<string, string>> {
    const entries = [...this.#attempts].flatMap(([name, attempt]) =>
      'server' in attempt ? [[variableOf(name), attempt.server.url] as const] : [],
    )
    return Object.fromEntries(entries)
  }

  /** What each service is, or why it is missing. */
  descriptions(): readonly (readonly [name: ServiceName, text: string])[] {
    return [...this.#attempts].map(([name, attempt]) => {
      if ('server' in attempt) return [name, attempt.server.description]
      return [name, `could not be started: ${attempt.refusal}`]
    })
  }

  async close(): Promise<void> {
    const running = [...this.#attempts.values()].flatMap((each) =>
      'server' in each ? each.server : [],
    )
    this.#attempts.clear()
    await Promise.all(running.map((server) => server.close()))
  }
}
