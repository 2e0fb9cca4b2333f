import { StoreError } from '../../../src/core/errors.ts'
import type { Tasklet } from '../../../src/core/tasklet.ts'
import { compilePlan } from '../../../src/plan/load.ts'
import type { ForeignHandler, ForeignMessage, SubmissionSource } from '../../../src/ports/intake.ts'
import type { Store } from '../../../src/ports/store.ts'
import { Runtime } from '../../../src/runtime/runtime.ts'
import { memoryStore } from '../../../src/stores/memory/store.ts'
import { seededRandom } from '../../bench/random.ts'
import { type Fault, type FaultContext, type Figure, none } from '../fault.ts'
import { junkRuntimePlan } from '../http/junk-runtime-plan.ts'
import { junkMessage } from '../junk-messages.ts'

export const fault: Fault = {
  id: 'R8-messages',
  title: 'Junk as messages of a broker',
  description:
    'Messages that others submit through a broker, mutated or random: bytes that are no text, broken JSON, envelopes with missing, wrong and hostile fields, deep nesting, huge numbers and texts. Each is stored as a submission, or as a dead letter of kind `malformed` that says what is wrong and where, in less than a second of processor time.',
  inflict,
}

const COUNTS = { full: 100_000, short: 2000 } as const
/** Messages that one runtime takes, so that none holds many. */
const BATCH = 5000
const LONGEST = 1000

const PLACES = [
  // A field of the envelope, or of the input of the task.
  /(^|[\s;])(setpoint|submission|tasklet|input|options|task|\(root\))\b[^:]*: /,
  // What was sent is no envelope at all.
  /^the message is not JSON: |^an envelope (is|holds|has) /,
  // The name that stands for nothing; a long one is cut.
  /"/,
  /^tasklet \S+ cannot replay /,
]

interface Tally {
  submitted: number
  known: number
  malformed: number
  longest: number
  readonly crashes: string[]
  readonly slow: string[]
  readonly placeless: string[]
  readonly strange: string[]
}

async function inflict({ seed, form, progress }: FaultContext): Promise<readonly Figure[]> {
  const random = seededRandom(seed)
  const tally: Tally = {
    ...{ submitted: 0, known: 0, malformed: 0, longest: 0 },
    ...{ crashes: [], slow: [], placeless: [], strange: [] },
  }
  for (let taken = 0; taken < COUNTS[form]; taken += BATCH) {
    progress(`${taken} messages`)
    const count = Math.min(BATCH, COUNTS[form] - taken)
    await takeBatch(
      Array.from({ length: count }, () => junkMessage(random)),
      tally,
    )
  }
  return [
    { name: 'messages submitted', value: tally.submitted },
    { name: 'messages known already', value: tally.known },
    { name: 'messages malformed', value: tally.malformed },
    { name: 'longest of the messages, ms', value: Math.round(tally.longest) },
    none('messages that crashed it', tally.crashes),
    none('messages that took a second', tally.slow),
    none('messages refused without a place', tally.placeless),
    none('messages that became something else, or nothing', tally.strange),
  ]
}

/** What a store has been given to keep, and its answers. */
class Witnessed {
  readonly store: Store
  /** Records that were stored, and those that were there already. */
  stored: Tasklet[] = []
  known = 0

  constructor(inner: Store) {
    this.store = new Proxy(inner, {
      get: (target, method: keyof Store) => {
        const member = target[method]
        if (typeof member !== 'function') return member
        if (method !== 'insert') return member.bind(target)
        return (...given: Parameters<Store['insert']>) => this.#insert(target, given)
      },
    })
  }

  async #insert(store: Store, given: Parameters<Store['insert']>) {
    try {
      const outcomes = await store.insert(...given)
      for (const { created, tasklet } of outcomes) {
        if (created) this.stored.push(tasklet)
        else this.known += 1
      }
      return outcomes
    } catch (error) {
      if (error instanceof StoreError && error.code === 'store_duplicate_id') this.known += 1
      throw error
    }
  }
}

/** Nothing runs, so that whatever is stored is a message. */
async function takeBatch(messages: readonly ForeignMessage[], tally: Tally): Promise<void> {
  const witnessed = new Witnessed(memoryStore())
  const ready = Promise.withResolvers<ForeignHandler>()
  const source: SubmissionSource = {
    name: 'junk',
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    receive: async (handler) => ready.resolve(handler),
    onConnection: () => () => {},
  }
  const options = { submissions: source, work: [], queues: { junk: {} } }
  const runtime = new Runtime([compilePlan(junkRuntimePlan())], witnessed.store, options)
  await runtime.start()
  try {
    const handle = await ready.promise
    for (const message of messages) await take(message, handle, witnessed, tally)
  } finally {
    await runtime.stop()
  }
}

async function take(
  message: ForeignMessage,
  handle: ForeignHandler,
  witnessed: Witnessed,
  tally: Tally,
): Promise<void> {
  const shown = JSON.stringify(message).slice(0, 600)
  witnessed.stored = []
  witnessed.known = 0
  // Processor time: a busy machine makes nothing slow.
  const before = process.cpuUsage()
  try {
    await handle(message)
    count(witnessed, shown, tally)
  } catch (error) {
    tally.crashes.push(`${error instanceof Error ? error.stack : String(error)}: ${shown}`)
  }
  const { user, system } = process.cpuUsage(before)
  const taken = (user + system) / 1000
  tally.longest = Math.max(tally.longest, taken)
  if (taken > LONGEST) tally.slow.push(`${Math.round(taken)} ms: ${shown}`)
}

function count({ stored, known }: Witnessed, shown: string, tally: Tally): void {
  const [record, ...more] = stored
  if (more.length > 0 || (record === undefined) !== known > 0) {
    tally.strange.push(`${stored.length} stored, ${known} known: ${shown}`)
  } else if (record === undefined) tally.known += 1
  else if (record.status !== 'failed') tally.submitted += 1
  else countDead(record, shown, tally)
}

function countDead({ error }: Tasklet, shown: string, tally: Tally): void {
  const said = error?.message ?? ''
  if (error?.kind !== 'malformed') tally.strange.push(`${error?.kind} ${said}: ${shown}`)
  tally.malformed += 1
  if (!PLACES.some((place) => place.test(said))) tally.placeless.push(`${said}: ${shown}`)
}
