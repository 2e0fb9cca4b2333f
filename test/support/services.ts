import { describe, expect, inject, test } from 'vitest'

/** What a run found out about one service, before its first test. */
export interface ServiceState {
  readonly title: string
  /** With its user and password. For Kafka: its brokers, or empty for a mock on this machine. */
  readonly url: string
  /** Why it cannot be used; undefined when it can. */
  readonly fault: string | undefined
}

export type ServiceName = 'postgres' | 'mysql' | 'redis' | 'rabbitmq' | 'kafka'

declare module 'vitest' {
  interface ProvidedContext {
    services: Readonly<Record<ServiceName, ServiceState>>
    /** Stands in the names of what this run makes in services, so that it finds and removes it. */
    run: string
  }
}

export function isReachable(service: ServiceName): boolean {
  return inject('services')[service].fault === undefined
}

/** Where the service is, be it reachable or not. */
export function urlOf(service: ServiceName): string {
  return inject('services')[service].url
}

/**
 * Registers what needs a service. Where it is missing, its tests are skipped under a name that says
 * so; in CI a missing service is a failure.
 */
export function describeService(service: ServiceName, suite: (url: string) => void): void {
  const { title, url, fault } = inject('services')[service]
  if (fault === undefined) {
    suite(url)
    return
  }
  const inCi = Boolean(process.env.CI)
  describe.skipIf(!inCi)(`${title} is not reachable (${fault}) [service: ${service}]`, () => {
    if (!inCi) return suite(url)
    test('but CI needs every service', () => expect.fail(fault))
  })
}
