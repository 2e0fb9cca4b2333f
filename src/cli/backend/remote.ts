import { createClient } from '../../gateway/client/client.ts'
import type { Stats } from '../../runtime/operations/stats.ts'
import type { Backend } from './backend.ts'
import { remoteDeadLetters } from './remote-dead-letters.ts'
import { remoteEvents } from './remote-events.ts'
import { remotePlans } from './remote-plans.ts'
import { remoteQueues } from './remote-queues.ts'
import { remoteInterrupts, remoteSchedules } from './remote-rules.ts'
import { remoteSubmissions } from './remote-submissions.ts'
import { remoteTasks } from './remote-tasks.ts'

/** Works on a server. `token`: undefined where the server asks for none. */
export function createRemoteBackend(url: string, token: string | undefined): Backend {
  // Somebody waits for the answer: better soon that it is not there than late.
  const client = createClient(url, token, { retries: 1 })
  const tasks = remoteTasks(client)
  return {
    tasks,
    queues: remoteQueues(client),
    deadLetters: remoteDeadLetters(client, tasks),
    schedules: remoteSchedules(client),
    interrupts: remoteInterrupts(client),
    events: remoteEvents(client),
    plans: remotePlans(client),
    ...remoteSubmissions(client),
    stats: async (window) => (await client.stats(window)) as unknown as Stats,
    close: async () => {},
  }
}
