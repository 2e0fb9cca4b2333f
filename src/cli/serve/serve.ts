import { type CreateRuntimeOptions, createRuntime } from '../../create-runtime.ts'
import { StoredTokens } from '../../gateway/security/stored-tokens.ts'
import { type Server, serve } from '../../gateway/server.ts'
import type { Log } from '../../plan/handler.ts'
import type { Store } from '../../ports/store.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { sqliteStore } from '../../stores/sqlite/store.ts'
import { createLogger, type LogLevel } from '../../telemetry/logger.ts'
import { createMetrics, type Metrics } from '../../telemetry/metrics.ts'
import type { ConfigFile } from '../config/schema.ts'
import { EXIT } from '../failure.ts'
import { INTERRUPTED, type Io, isTerminal } from '../io.ts'
import { startOver } from '../leftovers.ts'
import { DEFAULT_PLANS } from '../plans.ts'
import { writeBanner } from './banner.ts'

export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent']

export interface ServeSettings {
  readonly host: string
  readonly port: number
  readonly db: string
  readonly plans?: readonly string[] | undefined
  readonly watch?: boolean | undefined
  /** A duration; 30s unless given. */
  readonly drain?: string | number | undefined
  readonly logLevel?: LogLevel | undefined
  readonly file: ConfigFile
}

const DRAIN = '30s'

interface Parts {
  readonly runtime: Runtime
  readonly server: Server
  readonly logger: Log
}

/** Resolves with the exit code when a signal, or a failure of the runtime, has ended it. */
export async function serveUntilStopped(settings: ServeSettings, io: Io): Promise<number> {
  const logger = loggerFor(settings, io)
  const store = sqliteStore(settings.db)
  const runtime = await createRuntime(runtimeOptions(settings, store, logger))
  const metrics = createMetrics(runtime)
  try {
    await store.open()
    const server = await listen(runtime, store, settings, { io, logger, metrics })
    try {
      // Heard from here on: a signal during the start ends it as one after it does.
      const ending = endOf({ runtime, server, logger }, settings.drain ?? DRAIN, io)
      const leftovers = await startOver(runtime, store)
      if (leftovers !== undefined) logger.info(leftovers)
      const serving = {
        runtime,
        server,
        db: settings.db,
        asksForToken: await asksForToken(store, io),
      }
      await writeBanner(serving, io, logger)
      return await ending
    } finally {
      await runtime.stop()
      await server.close()
    }
  } finally {
    metrics.close()
    await store.close()
  }
}

async function asksForToken(store: Store, { env }: Io): Promise<boolean> {
  return Boolean(env['SETPOINT_TOKEN']) || !(await new StoredTokens(store).isEmpty())
}

function loggerFor({ logLevel = 'info' }: ServeSettings, { stderr, env }: Io): Log {
  const destination = { write: (line: string) => stderr.write(line) }
  return createLogger({ level: logLevel, pretty: isTerminal(stderr, env), destination })
}

/** What belongs to the server, and to the command line; the rest of the file is for the runtime. */
function runtimeOptions(
  { file, plans = DEFAULT_PLANS, watch = false }: ServeSettings,
  store: Store,
  logger: Log,
): CreateRuntimeOptions {
  const { url: _url, db: _db, plans: _plans, host: _host, port: _port, ...others } = file
  const {
    drain: _drain,
    logLevel: _level,
    hosts: _hosts,
    origins: _o,
    proxies: _p,
    ...rest
  } = others
  // The schema of the file is that of the options; it has no key whose value is undefined.
  return { ...(rest as Partial<CreateRuntimeOptions>), plans, watch, store, logger }
}

async function listen(
  runtime: Runtime,
  store: Store,
  { host, port, file }: ServeSettings,
  { io, logger, metrics }: { readonly io: Io; readonly logger: Log; readonly metrics: Metrics },
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

/** Listens for what ends the process. */
function endOf(
  { runtime, server, logger }: Parts,
  drain: string | number,
  io: Io,
): Promise<number> {
  return new Promise((resolve) => {
    let isStopping = false
    const forget = io.onInterrupt((signal) => {
      if (isStopping) {
        io.exit(INTERRUPTED[signal])
        return
      }
      isStopping = true
      server.drain()
      logger.info(
        `${signal}: letting running work end, for ${drain} at most; the same again ends at once`,
      )
      const stopped = runtime.stop({ drain }).then(() => {
        forget()
        resolve(EXIT.done)
      })
      stopped.catch((error: unknown) => logger.error('cannot stop', { error }))
    })
    runtime.events.on('runtime.failed', ({ data }) => {
      logger.error('the runtime has failed', { error: data.error })
      forget()
      resolve(EXIT.failed)
    })
  })
}
