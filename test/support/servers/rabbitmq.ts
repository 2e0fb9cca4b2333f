import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from './folder.ts'
import { findFreePort, type OwnServer, startServer } from './server.ts'

/** The script itself: the one in the path changes to another user and folder. */
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server'
const LIBRARY = '/usr/lib/rabbitmq/lib'

/** RabbitMQ with its own defaults. Rejects when it is not installed or does not start. */
export async function startRabbitmq(): Promise<OwnServer> {
  if (!existsSync(SERVER)) throw new Error(`no RabbitMQ server at ${SERVER}`)
  const folder = makeFolder('rabbitmq')
  const port = await findFreePort()
  const distribution = await findFreePort()
  const plugins = join(folder.path, 'enabled_plugins')
  writeFileSync(plugins, '[].')
  return startServer({
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    description: `${installedVersion()}; one node, its defaults`,
    port,
    command: SERVER,
    args: [],
    env: {
      // Where the cookie of its Erlang node stands.
      HOME: folder.path,
      RABBITMQ_NODENAME: `setpoint-${port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: `${port}`,
      RABBITMQ_DIST_PORT: `${distribution}`,
      RABBITMQ_MNESIA_BASE: join(folder.path, 'data'),
      RABBITMQ_LOG_BASE: join(folder.path, 'log'),
      RABBITMQ_CONFIG_FILE: join(folder.path, 'none'),
      RABBITMQ_CONF_ENV_FILE: join(folder.path, 'none'),
      RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    },
    ready: 'completed with',
    endSignal: 'SIGTERM',
    remove: folder.remove,
  })
}

/** From the name of its folder: the program would start an Erlang to tell. */
function installedVersion(): string {
  const [folder = ''] = readdirSync(LIBRARY).filter((name) => name.startsWith('rabbitmq_server-'))
  return folder.replace('rabbitmq_server-', '')
}
