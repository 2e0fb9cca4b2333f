import type { Tasklet } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { wait } from '../wait.ts'
import type { Delivery } from './delivery.ts'

const RETRY_DELAY = 1000

export interface GatheringServices {
  readonly store: Store
  readonly clock: Clock
  failed(error: unknown): void
}

/**
 * Reads how the dependencies of a delivery's tasklet ended. A store that fails is asked again after
 * a while; rejects with the reason when the delivery is told to stop meanwhile.
 */
export async function gatherDependencies(
  services: GatheringServices,
  delivery: Delivery,
): Promise<void> {
  const { dependencies } = delivery.tasklet
  const found = await readAll(services, [...new Set(dependencies.map(({ id }) => id))], delivery)
  const byId = new Map(found.map((tasklet) => [tasklet.id, tasklet]))
  delivery.dependencies = Object.fromEntries(
    dependencies.flatMap(({ key, id }) => {
      const tasklet = byId.get(id)
      return tasklet === undefined ? [] : [[key, toOutcome(tasklet)] as const]
    }),
  )
}

function toOutcome({ status, output, error }: Tasklet) {
  return { status, output, error }
}

async function readAll(
  { store, clock, failed }: GatheringServices,
  ids: readonly string[],
  { signal }: Delivery,
): Promise<readonly Tasklet[]> {
  for (;;) {
    signal.throwIfAborted()
    try {
      return await store.getMany(ids)
    } catch (error) {
      failed(error)
      await wait(clock, RETRY_DELAY, signal)
    }
  }
}
