import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Connection } from 'rabbitmq-client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type RabbitmqIntakeOptions, rabbitmqIntake } from '../../src/dispatch/rabbitmq/intake.ts'
import type { ForeignMessage, SubmissionSource } from '../../src/ports/intake.ts'
import { PATIENCE } from '../../src/testing/topics-contract/open.ts'
import { openRabbitmqRoom, type RabbitmqRoom } from '../support/rabbitmq-rooms.ts'
import { describeService } from '../support/services.ts'
import type { TcpProxy } from '../support/tcp-proxy.ts'

interface Intake {
  readonly source: SubmissionSource
  readonly queue: string
  readonly proxy: TcpProxy
  readonly room: RabbitmqRoom
  /** As other programs do it. */
  readonly outside: Connection
  waiting(): Promise<number>
}

async function openIntake(url: string, options: RabbitmqIntakeOptions = {}): Promise<Intake> {
  const room = await openRabbitmqRoom(url)
  const queue = `${room.prefix}.submissions`
  room.willMake([queue])
  const outside = new Connection({ url, noDelay: true })
  const { url: way, proxy } = room.next()
  const settings = { queue, retryAfter: 10, onWarning: () => undefined, ...options }
  const source = rabbitmqIntake(way, settings)
  onTestFinished(async () => {
    await source.close()
    await outside.close()
  })
  return {
    source,
    queue,
    proxy,
    room,
    outside,
    waiting: async () => (await outside.queueDeclare({ queue, passive: true })).messageCount,
  }
}

async function send({ outside, queue }: Intake, ...bodies: readonly unknown[]): Promise<void> {
  const publisher = outside.createPublisher({ confirm: true })
  for (const [index, body] of bodies.entries()) {
    await publisher.send({ routingKey: queue, durable: true, messageId: `m-${index}` }, body)
  }
  await publisher.close()
}

/** Opens the source, and receives with the given handler, or just takes everything over. */
async function receive(
  { source }: Intake,
  handler: (message: ForeignMessage) => Promise<void> = async () => undefined,
): Promise<ForeignMessage[]> {
  const messages: ForeignMessage[] = []
  await source.open()
  await source.receive(async (message) => {
    messages.push(message)
    await handler(message)
  })
  return messages
}

describeService('rabbitmq', (url) => {
  test('the text of a message comes as it was sent, whatever it says it is', async () => {
    const intake = await openIntake(url)
    const messages = await receive(intake)
    const text = '{"setpoint": 1, "submission": {"task": "kiln/fire"}}'
    await send(intake, text, { setpoint: 1 }, Buffer.from('{"half'), Buffer.from([0xff, 0x41]))
    await vi.waitFor(() => expect(messages).toHaveLength(4), PATIENCE)
    expect(messages).toEqual([
      { body: text, messageId: 'm-0', redelivered: false },
      { body: '{"setpoint":1}', messageId: 'm-1', redelivered: false },
      { body: '{"half', messageId: 'm-2', redelivered: false },
      { body: '\u{FFFD}A', messageId: 'm-3', redelivered: false },
    ])
  })

  test('a program that knows nothing of us submits with a command line', async () => {
    const intake = await openIntake(url)
    const messages = await receive(intake)
    const body = '{"setpoint":1,"submission":{"task":"kiln/fire"}}'
    const options = ['--url', url, '-r', intake.queue, '-p', '-C', 'application/json', '-b', body]
    await promisify(execFile)('amqp-publish', options)
    await vi.waitFor(() => expect(messages).toHaveLength(1), PATIENCE)
    expect(messages).toEqual([{ body, messageId: undefined, redelivered: false }])
  })

  test('a message is gone only when its handler has resolved', async () => {
    const intake = await openIntake(url, { prefetch: 1 })
    const gate = Promise.withResolvers<void>()
    const messages = await receive(intake, () => gate.promise)
    await send(intake, 'a', 'b', 'c')
    await vi.waitFor(() => expect(messages).toHaveLength(1), PATIENCE)
    // Nobody has more than its prefetch in hand: the broker keeps the others.
    await expect.poll(intake.waiting, PATIENCE).toBe(2)
    gate.resolve()
    await vi.waitFor(() => expect(messages).toHaveLength(3), PATIENCE)
    await intake.source.close()
    await expect.poll(intake.waiting, PATIENCE).toBe(0)
  })

  test('a message whose handler rejects comes again, and is not lost with the process', async () => {
    const intake = await openIntake(url)
    const messages = await receive(intake, () => Promise.reject(new Error('not yet')))
    await send(intake, 'a')
    await vi.waitFor(() => expect(messages.length).toBeGreaterThan(2), PATIENCE)
    await intake.source.close()
    await expect.poll(intake.waiting, PATIENCE).toBe(1)
    const again = await receive(intake)
    await vi.waitFor(() => expect(again).toHaveLength(1), PATIENCE)
    expect(again[0]).toEqual({ body: 'a', messageId: 'm-0', redelivered: true })
  })

  test('it goes on when the connection was lost, and gets what was sent meanwhile', async () => {
    const intake = await openIntake(url)
    const messages = await receive(intake)
    await send(intake, 'a')
    await vi.waitFor(() => expect(messages).toHaveLength(1), PATIENCE)
    const turns: boolean[] = []
    intake.source.onConnection((isUp) => turns.push(isUp))
    intake.proxy.cut()
    await send(intake, 'b')
    await vi.waitFor(() => expect(turns).toEqual([false]), PATIENCE)
    intake.proxy.heal()
    await vi.waitFor(() => expect(messages.map(({ body }) => body)).toContain('b'), PATIENCE)
  })

  test('a queue that its producer has made is taken as it is', async () => {
    const intake = await openIntake(url)
    await intake.outside.queueDeclare({ queue: intake.queue, durable: true })
    const messages = await receive(intake)
    await send(intake, 'a')
    await vi.waitFor(() => expect(messages).toHaveLength(1), PATIENCE)
  })

  test('before it is open nothing is received', async () => {
    const { source } = await openIntake(url)
    const received = source.receive(async () => undefined)
    await expect(received).rejects.toMatchObject({ code: 'dispatch_closed' })
  })
})
