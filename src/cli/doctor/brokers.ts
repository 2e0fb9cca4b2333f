import { SetpointError } from '../../core/errors.ts'
import { requireUrl, withoutPassword } from '../engines/address.ts'
import {
  type BrokerAddresses,
  brokersAt,
  isKafka,
  isRabbitmq,
  toKafkaBrokers,
} from '../engines/brokers.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

type Role = keyof BrokerAddresses

/**
 * The brokers that are named: whether they answer, and what makes them forget. Nothing is declared
 * or made there.
 * @throws {InputError} for an address that no broker of its kind has.
 */
export async function checkBrokers(addresses: BrokerAddresses): Promise<readonly Finding[]> {
  const roles = ['dispatch', 'topics', 'submissions'] as const
  const found = await Promise.all(
    roles.map(async (role) => {
      const address = addresses[role]
      return address === undefined ? [] : checkBroker(role, address)
    }),
  )
  return found.flat()
}

async function checkBroker(role: Role, address: string): Promise<readonly Finding[]> {
  // An address of the wrong kind is refused here as it is by `serve`.
  await brokersAt({ [role]: address })
  try {
    return await ask(role, address)
  } catch (error) {
    if (!(error instanceof SetpointError)) throw error
    const flag = `--${role} (SETPOINT_${role.toUpperCase()})`
    return [
      problem(role, error.message, `start the broker, or correct ${flag}: ${MEANWHILE[role]}`),
    ]
  }
}

const MEANWHILE: Readonly<Record<Role, string>> = {
  dispatch: 'until then processes look for work in the database',
  topics: 'until then events stay in the database',
  submissions: 'until then nothing comes from there',
}

function ask(role: Role, address: string): Promise<readonly Finding[]> {
  if (isRabbitmq(address)) return askRabbitmq(role, address)
  return isKafka(address) ? askKafka(role, address) : askRedis(role, address)
}

const FORGETS = 'no work is lost by it, only time until it is found in the database'

async function askRedis(role: Role, address: string): Promise<readonly Finding[]> {
  const { bullmqDispatch } = await import('../../dispatch/bullmq/dispatch.ts')
  const faults: string[] = []
  const onWarning = (fault: string) => faults.push(fault)
  const dispatch = bullmqDispatch(requireUrl(address), { onWarning })
  await dispatch.open()
  await dispatch.close()
  if (faults.length > 0) return faults.map((fault) => warning(role, fault, FORGETS))
  const message = `Redis answers at ${withoutPassword(address)}, keeps what it is told, and evicts nothing`
  return [ok(role, message)]
}

async function askRabbitmq(role: Role, address: string): Promise<readonly Finding[]> {
  const { openLink } = await import('../../dispatch/rabbitmq/connection.ts')
  const faults: string[] = []
  const warn = (fault: string) => faults.push(fault)
  const link = await openLink({ url: requireUrl(address), name: 'setpoint doctor', warn })
  await link.close()
  const fix = 'see `rabbitmq-diagnostics alarms` on its machine'
  if (faults.length > 0) return faults.map((fault) => warning(role, fault, fix))
  const message = `RabbitMQ answers at ${withoutPassword(address)}; memory, disk and replicas only its own tools tell`
  return [ok(role, message)]
}

async function askKafka(role: Role, address: string): Promise<readonly Finding[]> {
  const { createClient, toUnavailable } = await import('../../topics/kafka/client.ts')
  const kafka = await createClient(toKafkaBrokers(address), 'setpoint-doctor')
  const admin = kafka.admin()
  try {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    const count = brokers.length === 1 ? '1 broker' : `${brokers.length} brokers`
    return [ok(role, `Kafka answers at ${address}, ${count}; who may write is not asked`)]
  } catch (error) {
    throw toUnavailable('be reached', error)
  } finally {
    await admin.disconnect()
  }
}
