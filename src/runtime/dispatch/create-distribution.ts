import type { ForeignHandler } from '../../ports/intake.ts'
import type { Store } from '../../ports/store.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import type { Settings } from '../options/options.ts'
import type { Registry } from '../plans/registry.ts'
import { DispatchLink } from './dispatch-link.ts'
import { type BrokerPart, Distribution, type PartServices } from './distribution.ts'
import { type ForeignSubmissionServices, submitForeign } from './foreign-submissions.ts'
import { SubmissionsLink } from './submissions-link.ts'
import { TopicsLink } from './topics-link.ts'

export interface DistributionParts extends Omit<PartServices, 'random' | 'logger'> {
  readonly settings: Settings
  readonly store: Store
  readonly registry: Registry
  /** What a claim would ask for. */
  request(queue: string, limit: number): ClaimRequest
  /** The queue should ask for work. */
  wake(queue: string): void
}

/** The ways of a process to the brokers that its settings name. Nothing is opened. */
export function createDistribution(parts: DistributionParts): Distribution {
  const { settings, store, registry, clock, owner, reports, request, wake } = parts
  const { random, logger, brokers } = settings
  const { dispatch, topics, reconcileInterval: interval } = brokers
  const services = { store, registry, clock, owner, reports, random, logger }
  const capacities = toCapacities(settings)
  const dispatching =
    dispatch && new DispatchLink({ ...services, dispatch, capacities, interval, request, wake })
  const links: (BrokerPart | undefined)[] = [
    dispatching,
    topics && new TopicsLink({ ...services, topics }),
  ]
  return new Distribution(
    { clock, reports, interval, work: dispatching?.work },
    links.filter((link) => link !== undefined),
  )
}

/** What others submit is taken in as what is submitted here. */
export function addSubmissions(
  distribution: Distribution,
  { brokers, logger }: Settings,
  services: ForeignSubmissionServices,
): void {
  const handle: ForeignHandler = (message) => submitForeign(services, message)
  for (const source of brokers.submissions) {
    distribution.add(new SubmissionsLink({ source, handle, logger }))
  }
}

function toCapacities({ queues }: Settings): ReadonlyMap<string, number> {
  const worked = [...queues].filter(([, { concurrency }]) => concurrency > 0)
  return new Map(worked.map(([queue, { concurrency }]) => [queue, concurrency]))
}
