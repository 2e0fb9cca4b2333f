import type { Client } from '../../gateway/client/client.ts'
import type { Wait } from '../../runtime/operations/waiting.ts'
import type { Told } from '../../runtime/waits/telling.ts'
import type { EventAccess } from './backend.ts'

export function remoteEvents(client: Client): EventAccess {
  return {
    emit: async (name, data) => (await client.tell(name, data)) as unknown as Told,
    waits: async () => (await client.waits()) as unknown as readonly Wait[],
    tail: (pattern, { signal, lost }) =>
      client.events(pattern, {
        signal,
        onLoss: ({ kind, data }) =>
          lost(kind === 'gap' ? 'some are not kept any more' : `dropped: ${JSON.stringify(data)}`),
      }),
  }
}
