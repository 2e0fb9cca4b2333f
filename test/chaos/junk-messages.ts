import type { ForeignMessage } from '../../src/ports/intake.ts'
import { toEnvelope } from '../../src/runtime/envelope/envelope.ts'
import { newTasklet } from '../../src/testing/store-contract/records.ts'
import { badText, badValue, toJson } from './http/bad-values.ts'
import { below, pick, type Random } from './http/choose.ts'
import { mutatedText } from './http/mutated-text.ts'
import { withKey, withLeaf, withoutKey } from './http/mutations.ts'

const OPTIONS: readonly object[] = [
  { priority: 'high', queue: 'event', tags: ['far'], group: 'g' },
  { delay: '5s', timeout: 1000, retry: { attempts: 2, backoff: { type: 'fixed', delay: '1s' } } },
  { runAt: '2030-01-31T08:00:00Z', idempotencyKey: 'one', expiresAfter: '1h' },
  { dependsOn: [], onDependencyFailure: 'run', unique: { key: 'u', period: '1h' } },
  { debounce: { key: 'd', period: '1s' } },
  { throttle: { key: 't', period: '1s' }, initialContext: { n: 1 } },
  { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', source: 'event' },
]

/** What a broker may hand out, from good messages to noise. */
export function junkMessage(random: Random): ForeignMessage {
  return { body: junkBody(random), messageId: junkId(random), redelivered: random() < 0.1 }
}

function junkId(random: Random): string | undefined {
  const kind = random()
  if (kind < 0.4) return undefined
  return kind < 0.5 ? badText(random) : crypto.randomUUID()
}

function junkBody(random: Random): string {
  const kind = random()
  if (kind < 0.05) return noise(random)
  if (kind < 0.1) return toJson(badValue(random))
  let value: unknown = random() < 0.6 ? submission(random) : record(random)
  for (let left = below(random, 4); left > 0; left -= 1) value = edited(value, random)
  const text = toJson(value)
  return kind < 0.25 ? mutatedText(text, random) : text
}

function submission(random: Random): object {
  const [task, input] = pick(random, [
    ['junk/echo', { text: 'x' }],
    ['junk/strict', { piece: 'a', n: 1 }],
    ['junk/hot', null],
  ] as const)
  const options = random() < 0.4 ? undefined : pick(random, OPTIONS)
  return { setpoint: 1, submission: { task, input, options } }
}

function record(random: Random): object {
  const id = random() < 0.1 ? 'again' : crypto.randomUUID()
  const task = pick(random, ['echo', 'strict', 'hot'])
  return toEnvelope(newTasklet({ id, plan: 'junk', task, input: { piece: 'a' } }))
}

function edited(value: unknown, random: Random): unknown {
  const kind = random()
  if (kind < 0.6) return withLeaf(value, random)
  return kind < 0.8 ? withKey(value, random) : withoutKey(value, random)
}

/** As the port gives bytes that are no text. */
function noise(random: Random): string {
  const length = below(random, random() < 0.05 ? 100_000 : 300)
  return Buffer.from(Array.from({ length }, () => below(random, 256))).toString()
}
