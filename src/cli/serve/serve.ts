import { StoredTokens } from '../../gateway/security/stored-tokens.ts'
import { type Server, serve } from '../../gateway/server.ts'
import type { Store } from '../../ports/store.ts'
import type { Io } from '../io.ts'
import { writeBanner } from './banner.ts'
import { endingOf } from './ending.ts'
import { type Hosted, type HostSettings, startHosted, withHost } from './hosting.ts'

export interface ServeSettings extends HostSettings {
  readonly host: string
  readonly port: number
}

/** Resolves with the exit code when a signal, or a failure of the runtime, has ended it. */
export function serveUntilStopped(settings: ServeSettings, io: Io): Promise<number> {
  return withHost(settings, io, async (hosted) => {
    const { runtime, store, logger } = hosted
    const server = await listen(hosted, settings, io)
    try {
      // Heard from here on: a signal during the start ends it as one after it does.
      const stopping = () => server.drain()
      const ending = endingOf({ runtime, logger, drain: settings.drain, stopping }, io)
      await startHosted(hosted)
      const needsToken = await asksForToken(store, io)
      const serving = { runtime, server, at: settings, asksForToken: needsToken }
      await writeBanner(serving, io, logger)
      return await ending
    } finally {
      await runtime.stop()
      await server.close()
    }
  })
}

async function asksForToken(store: Store, { env }: Io): Promise<boolean> {
  return Boolean(env['SETPOINT_TOKEN']) || !(await new StoredTokens(store).isEmpty())
}

function listen(
  { runtime, store, logger, metrics }: Hosted,
  { host, port, file }: ServeSettings,
  io: Io,
): Promise<Server> {
  const { hosts, origins, proxies } = file
  return serve(runtime, {
    ...{ host, port, hosts, origins, proxies },
    token: io.env['SETPOINT_TOKEN'] || undefined,
    tokens: new StoredTokens(store),
    log: logger,
    metrics,
  })
}
