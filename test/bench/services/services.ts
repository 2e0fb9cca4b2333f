import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import { type Service, type ServiceName, variableOf } from './service.ts'

const STARTERS: Readonly<Record<ServiceName, () => Promise<Service>>> = {
  postgres: startPostgres,
  redis: startRedis,
}

export type Attempt = { readonly service: Service } | { readonly refusal: string }

/** Starts each service when it is first needed; `close` ends them all. */
export class Services {
  readonly #attempts = new Map<ServiceName, Attempt>()

  /** A service that cannot be started is an answer, not an error: its contenders are skipped. */
  async require(name: ServiceName): Promise<Attempt> {
    const known = this.#attempts.get(name)
    if (known !== undefined) return known
    const attempt = await STARTERS[name]().then(
      (service) => ({ service }),
      (error: unknown) => ({ refusal: error instanceof Error ? error.message : String(error) }),
    )
    this.#attempts.set(name, attempt)
    return attempt
  }

  /** The URLs of what runs, for the processes of contenders. */
  variables(): Readonly<Record<string, string>> {
    const entries = [...this.#attempts].flatMap(([name, attempt]) =>
      'service' in attempt ? [[variableOf(name), attempt.service.url] as const] : [],
    )
    return Object.fromEntries(entries)
  }

  /** What each service is, or why it is missing. */
  descriptions(): readonly (readonly [name: ServiceName, text: string])[] {
    return [...this.#attempts].map(([name, attempt]) => {
      if ('service' in attempt) return [name, attempt.service.description]
      return [name, `could not be started: ${attempt.refusal}`]
    })
  }

  async close(): Promise<void> {
    const running = [...this.#attempts.values()].flatMap((each) =>
      'service' in each ? each.service : [],
    )
    this.#attempts.clear()
    await Promise.all(running.map((service) => service.stop()))
  }
}
