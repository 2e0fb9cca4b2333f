import { type CreateRuntimeOptions, createRuntime } from '../../create-runtime.ts'
import type { Log } from '../../plan/handler.ts'
import type { Store } from '../../ports/store.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { createLogger, type LogLevel } from '../../telemetry/logger.ts'
import { createMetrics, type Metrics } from '../../telemetry/metrics.ts'
import type { ConfigFile } from '../config/schema.ts'
import { type BrokerAddresses, type Brokers, brokersAt } from '../engines/brokers.ts'
import { storeAt } from '../engines/stores.ts'
import { type Io, isTerminal } from '../io.ts'
import { startOver } from '../leftovers.ts'
import { DEFAULT_PLANS } from '../plans.ts'

export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent']

/** What every process is told that runs until it is stopped. */
export interface HostSettings extends BrokerAddresses {
  /** A file, or the URL of a server. */
  readonly db: string
  readonly plans?: readonly string[] | undefined
  /** The queues whose tasklets it runs; all unless given. */
  readonly work?: readonly string[] | undefined
  readonly concurrency?: number | undefined
  readonly watch?: boolean | undefined
  /** A duration; 30s unless given. */
  readonly drain?: string | number | undefined
  readonly logLevel?: LogLevel | undefined
  readonly file: ConfigFile
}

/** A runtime with what it stands on, all of it open. */
export interface Hosted {
  readonly runtime: Runtime
  readonly store: Store
  readonly logger: Log
  readonly metrics: Metrics
}

/** Opens and makes everything, lets it be used, and closes it whatever comes. Starts nothing. */
export async function withHost<T>(
  settings: HostSettings,
  io: Io,
  use: (hosted: Hosted) => Promise<T>,
): Promise<T> {
  const logger = loggerFor(settings, io)
  const store = await storeAt(settings.db)
  const brokers = await brokersAt(settings, (message) => logger.warn(message))
  const runtime = await createRuntime(runtimeOptions(settings, { store, logger, ...brokers }))
  const metrics = createMetrics(runtime)
  try {
    await store.open()
    try {
      return await use({ runtime, store, logger, metrics })
    } finally {
      await runtime.stop()
    }
  } finally {
    metrics.close()
    await store.close()
  }
}

/** Starts the runtime, and logs what it takes up from before. */
export async function startHosted({ runtime, store, logger }: Hosted): Promise<void> {
  const leftovers = await startOver(runtime, store)
  if (leftovers !== undefined) logger.info(leftovers)
}

function loggerFor({ logLevel = 'info' }: HostSettings, { stderr, env }: Io): Log {
  const destination = { write: (line: string) => stderr.write(line) }
  return createLogger({ level: logLevel, pretty: isTerminal(stderr, env), destination })
}

/** What belongs to the process, and to its server; the rest of the file is for the runtime. */
const NOT_FOR_THE_RUNTIME: ReadonlySet<string> = new Set([
  'url',
  'db',
  'plans',
  'host',
  'port',
  'drain',
  'logLevel',
  'hosts',
  'origins',
  'proxies',
  'dispatch',
  'topics',
  'submissions',
  'work',
] satisfies (keyof ConfigFile)[])

function runtimeOptions(
  { file, plans = DEFAULT_PLANS, watch = false, work, concurrency }: HostSettings,
  parts: Brokers & { readonly store: Store; readonly logger: Log },
): CreateRuntimeOptions {
  const rest = Object.entries(file).filter(([name]) => !NOT_FOR_THE_RUNTIME.has(name))
  return {
    // The schema of the file is that of the options; it has no key whose value is undefined.
    ...(Object.fromEntries(rest) as Partial<CreateRuntimeOptions>),
    ...(work === undefined ? {} : { work }),
    ...(concurrency === undefined ? {} : { concurrency }),
    plans,
    watch,
    ...parts,
  }
}
