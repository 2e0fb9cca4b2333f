import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Redis } from 'ioredis'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { Connection } from 'rabbitmq-client'
import type { TestProject } from 'vitest/node'
import { dropDatabases } from './databases-of-runs.ts'
import type { ServiceName, ServiceState } from './services.ts'

const PATIENCE = 3000

const {
  POSTGRES_URL = 'postgres://postgres@127.0.0.1:5432/test',
  MYSQL_URL = 'mysql://root@127.0.0.1:3306/test',
  REDIS_URL = 'redis://127.0.0.1:6379',
  AMQP_URL = 'amqp://guest:guest@127.0.0.1:5672',
  KAFKA_BROKERS = '',
} = process.env

/** Each proves that a client gets in, and throws when it does not. */
const PROBES: Readonly<
  Record<ServiceName, readonly [title: string, url: string, probe: () => Promise<void>]>
> = {
  postgres: ['PostgreSQL', POSTGRES_URL, probePostgres],
  mysql: ['MySQL', MYSQL_URL, probeMysql],
  redis: ['Redis', REDIS_URL, probeRedis],
  rabbitmq: ['RabbitMQ', AMQP_URL, probeRabbit],
  kafka: ['Kafka', KAFKA_BROKERS, probeKafka],
}

/** Vitest runs this once a project; the services are asked once. */
let asked: Promise<Readonly<Record<ServiceName, ServiceState>>> | undefined

/** Tells the tests which services there are, and removes afterwards what they made there. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  asked ??= ask()
  const services = await asked
  const run = `${process.pid.toString(36)}${project.name.slice(0, 1)}`
  project.provide('services', services)
  project.provide('run', run)
  // The name of a run that was killed may come again.
  await dropDatabases(run, services)
  return () => dropDatabases(run, services)
}

async function ask(): Promise<Readonly<Record<ServiceName, ServiceState>>> {
  const states = Object.entries(PROBES).map(async ([name, [title, url, probe]]) => {
    const fault = await probe().then(
      () => undefined,
      (error: unknown) => toFault(error, url),
    )
    return [name, { title, url, fault }] as const
  })
  return Object.fromEntries(await Promise.all(states)) as Record<ServiceName, ServiceState>
}

/** One line, without the password of the address. */
function toFault(error: unknown, url: string): string {
  const { message = '', code = '' } = error as NodeJS.ErrnoException
  const place = url.replace(/\/\/[^@/]*@/, '//')
  return `${place === '' ? '' : `${place}: `}${message === '' ? code : message}`
}

async function probePostgres(): Promise<void> {
  const client = new Client({
    connectionString: POSTGRES_URL,
    connectionTimeoutMillis: PATIENCE,
  })
  await client.connect()
  await client.end()
}

async function probeMysql(): Promise<void> {
  const connection = await createConnection({ uri: MYSQL_URL, connectTimeout: PATIENCE })
  await connection.end()
}

async function probeRedis(): Promise<void> {
  const redis = new Redis(REDIS_URL, {
    lazyConnect: true,
    connectTimeout: PATIENCE,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  const failed = new Promise<never>((_, reject) => redis.once('error', reject))
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), failed])
  } finally {
    redis.disconnect()
  }
}

async function probeRabbit(): Promise<void> {
  const connection = new Connection({ url: AMQP_URL, connectionTimeout: PATIENCE })
  const failed = new Promise<never>((_, reject) => connection.once('error', reject))
  try {
    await Promise.race([connection.onConnect(PATIENCE, true), failed])
  } finally {
    await connection.close()
  }
}

/** Without brokers, kcat can play one. */
async function probeKafka(): Promise<void> {
  const [host = '', port = '9092'] = (KAFKA_BROKERS.split(',')[0] ?? '').split(':')
  if (host === '') {
    const { error } = spawnSync('kcat', ['-V'])
    if (error !== undefined) throw new Error('no KAFKA_BROKERS are given and there is no kcat')
    return
  }
  const socket = connect({ host, port: Number(port), timeout: PATIENCE })
  socket.once('timeout', () => socket.destroy(new Error('it does not answer')))
  await once(socket, 'connect')
  socket.destroy()
}
