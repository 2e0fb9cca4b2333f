// A runtime in a process of its own, to be killed: `node worker.ts SETTINGS`, which is JSON. It
// tells its parent on stdout what it has come to, one JSON object a line, each with its run and pid.

import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Brokers, brokersAt } from '../../src/cli/engines/brokers.ts'
import { storeAt } from '../../src/cli/engines/stores.ts'
import { createRuntime } from '../../src/create-runtime.ts'
import type { Store } from '../../src/ports/store.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { chaosPlan } from './plan.ts'
import { submitAll } from './submitting.ts'
import { Witness, witnessSettlements } from './witness.ts'
import { CONCURRENCY } from './work.ts'
import { FILES, type Moment, type Phase, type WorkerSettings } from './worker-settings.ts'

const settings = JSON.parse(process.argv[2] ?? '') as WorkerSettings
const { folder, run, moment } = settings
const witness = new Witness(join(folder, FILES.witness))
const passed = createMoment(moment)
const toldToEnd = settings.serves ? once(process, 'SIGTERM') : undefined

const runtime = await createRuntime({
  plans: [chaosPlan({ folder, witness, begin: passed })],
  store: reporting(await storeAt(settings.store ?? join(folder, FILES.database))),
  ...(await toDispatch(settings)),
  concurrency: CONCURRENCY,
  lease: { duration: settings.lease, maxDeliveries: settings.maxDeliveries },
})
witnessSettlements(runtime, witness)
runtime.events.on('lease.lost', () => tell('lost'))
passed('boot')
await runtime.start()
tell('ready')
await submitAll(runtime, settings, witness)
tell('submitted')
await (toldToEnd ?? nothingLeft(runtime))
tell('done')
if (settings.staysWhenDone) setInterval(() => {}, 60_000)
else await runtime.stop()

/** What a dead process had in hand in Redis shall come back as early as what it had leased. */
async function toDispatch({ dispatch, lease: lockDuration }: WorkerSettings): Promise<Brokers> {
  if (dispatch === undefined || !dispatch.startsWith('redis:')) return brokersAt({ dispatch })
  const { bullmqDispatch } = await import('../../src/dispatch/bullmq/dispatch.ts')
  return { dispatch: bullmqDispatch(dispatch, { lockDuration }) }
}

function tell(said: string): void {
  writeSync(1, `${JSON.stringify({ run, pid: process.pid, said })}\n`)
}

/** Tells the parent when a phase has been passed as often as the moment says. */
function createMoment(wanted: Moment | undefined): (phase: Phase) => void {
  let left = wanted?.occurrence ?? 0
  return (phase) => {
    if (phase !== wanted?.phase) return
    left -= 1
    if (left === 0) tell('moment')
  }
}

/** The store, telling before and after every call that writes. */
function reporting(store: Store): Store {
  const phases: Readonly<Record<string, Phase>> = {
    insert: 'submit',
    claim: 'claim',
    settle: 'settle',
  }
  return new Proxy(store, {
    get(target, name: keyof Store) {
      const member = target[name]
      if (typeof member !== 'function') return member
      const phase = phases[name]
      return (...given: never[]) => {
        const answer: unknown = Reflect.apply(member, target, given)
        if (phase === undefined || !(answer instanceof Promise)) return answer
        passed(phase)
        return answer.then((value) => {
          passed(phase)
          return value
        })
      }
    },
  })
}

async function nothingLeft(target: Runtime): Promise<void> {
  const unsettled = ['blocked', 'scheduled', 'pending', 'running', 'retrying'] as const
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = () => {
    target.list({ status: unsettled, limit: 1 }).then(({ items }) => {
      if (items.length === 0) resolve()
    }, reject)
  }
  const timer = setInterval(look, 100)
  look()
  await promise.finally(() => clearInterval(timer))
}
