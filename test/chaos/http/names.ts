import { pick, type Random } from './choose.ts'

const KEPT = 100

/** Names that mean something to the server from the start. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  task: [
    'junk/echo',
    'junk/echo',
    'junk/strict',
    'junk/outside',
    'junk/hot',
    'junk/fails',
    'junk/slow',
    'junk/nobody',
  ],
  'leases.task': ['junk/outside'],
  plan: ['junk'],
  queue: ['main', 'event', 'interrupt', 'junk', 'parked', 'nobody'],
  group: ['a', 'b'],
  key: ['a', 'b', 'c', 'd'],
  event: ['HEAT', 'COOL', 'junk.happened'],
  type: ['HEAT', 'COOL', 'junk.happened'],
  to: ['cold', 'hot'],
  from: ['cold', 'hot'],
  state: ['cold', 'hot'],
  pattern: ['**', 'tasklet.*'],
  // What waits is answered later, and must not look like a hang.
  lease: ['30s', '1m', '90s'],
  wait: ['0s', '10ms', '0ms', '50ms'],
  timeout: ['1s', '200ms'],
}

const BY_ADDRESS: Readonly<Record<string, readonly string[]>> = {
  plans: ['junk'],
  queues: ['main', 'event', 'interrupt', 'junk', 'parked', 'parked', 'parked'],
  schedules: ['junk/yearly'],
  interrupts: ['junk/alarm'],
}

const OF_PATHS: ReadonlySet<string> = new Set(['name', 'schedule', 'interrupt'])

/** Names for requests: what the server has named in its answers, and what its plan has. */
export class NamePool {
  readonly #heard = new Map<string, string[]>()

  /** Of a parameter or a property; `address` is the first segment below `/api/v1`. */
  choose(random: Random, name: string, address: string): string | undefined {
    const heard = this.#heard.get(`${address}.${name}`) ?? []
    const inPath = OF_PATHS.has(name) ? (BY_ADDRESS[address] ?? []) : []
    const known = [...(knownOf(`${address}.${name}`) ?? knownOf(name) ?? []), ...inPath]
    const ids = /^(?:id|ids|dependsOn)$/.test(name) ? (this.#heard.get('tasks.id') ?? []) : []
    const from = [heard, known, heard.length > 0 ? [] : ids].filter(({ length }) => length > 0)
    return from.length === 0 ? undefined : pick(random, pick(random, from))
  }

  /** Remembers ids, tokens and cursors of an answer. */
  hear(address: string, value: unknown): void {
    if (typeof value !== 'object' || value === null) return
    for (const [key, each] of Object.entries(value)) {
      const isName = typeof each === 'string' && /^(?:id|token|cursor)$/.test(key)
      if (isName) this.#keep(`${address}.${key}`, each)
      else if (key === 'items' || Array.isArray(value)) this.hear(address, each)
    }
  }

  #keep(key: string, value: string): void {
    const kept = this.#heard.get(key) ?? []
    kept.push(value)
    if (kept.length > KEPT) kept.shift()
    this.#heard.set(key, kept)
  }
}

function knownOf(name: string): readonly string[] | undefined {
  return Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined
}
