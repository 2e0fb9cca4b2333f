import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createClient } from '../../src/http.ts'
import { type ClusterOptions, startCluster } from '../cluster/cluster.ts'
import type { DispatchName, StoreName } from '../cluster/engines.ts'
import { followToTheEnd } from '../cluster/following.ts'
import { describeService, type ServiceName } from '../support/services.ts'

const PLAN = fileURLToPath(new URL('../../plans/change-pipeline', import.meta.url))

/** Milliseconds. */
const LONGEST = 120_000

/** Runs a day of `plans/change-pipeline` from nothing. */
async function workDayOn(engines: Pick<ClusterOptions, 'store' | 'dispatch'>) {
  const cluster = await startCluster({ ...engines, workers: 3, plans: [PLAN] })
  onTestFinished(() => cluster.close())
  const client = createClient(cluster.url)
  const { id } = await client.tasks.submit('change-pipeline/work-day', {})
  const members = [cluster.gateway, ...cluster.workers]
  const names = new Map(members.map(({ pid, name }) => [pid, name]))
  const runs = await followToTheEnd(client, names, () => {})
  return { day: await client.tasks.get(id), members: new Set(runs.flatMap((run) => run.members)) }
}

/** A gateway and three workers, on servers that run here: what is reachable is installed, too. */
function describeCluster(store: StoreName, dispatch: DispatchName, needs: readonly ServiceName[]) {
  const [service, ...others] = needs
  if (service !== undefined) {
    describeService(service, () => describeCluster(store, dispatch, others))
    return
  }
  const name = `A day of work is done by the workers of a cluster on ${store} and ${dispatch}.`
  test(name, { timeout: LONGEST }, async () => {
    const { day, members } = await workDayOn({ store, dispatch })
    expect(day).toMatchObject({ status: 'completed', output: { merged: 4, failed: 2 } })
    expect(members).not.toContain('gateway')
    expect(members.size).toBeGreaterThan(1)
  })
}

describeCluster('mysql', 'redis', ['mysql', 'redis'])
describeCluster('mysql', 'rabbitmq', ['mysql', 'rabbitmq'])
