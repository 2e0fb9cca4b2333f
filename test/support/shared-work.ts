// A process of its own that works for others: `node shared-work.ts FILE LOG`. Its tasks write to the
// log, a line as each begins and one as it ends. Whoever started it ends it.
import { appendFileSync } from 'node:fs'
import { setTimeout as pass } from 'node:timers/promises'
import { definePlan } from '../../src/plan/define.ts'
import type { TaskContext } from '../../src/plan/handler.ts'
import { compilePlan } from '../../src/plan/load.ts'
import { Runtime } from '../../src/runtime/runtime.ts'
import { sqliteStore } from '../../src/stores/sqlite/store.ts'

const [file = '', log = ''] = process.argv.slice(2)

function note(what: string, { taskletId }: TaskContext): void {
  appendFileSync(log, `${what} ${process.pid} ${taskletId}\n`)
}

function work(name: string) {
  return async (context: TaskContext) => {
    note(`begin ${name}`, context)
    await pass(5)
    note(`end ${name}`, context)
  }
}

const plan = definePlan({
  name: 'plan',
  resources: { gpu: 2 },
  tasks: {
    train: { resources: { gpu: 1 }, run: work('train') },
    large: { resources: { gpu: 2 }, run: work('large') },
  },
})
const runtime = new Runtime([compilePlan(plan)], sqliteStore(file), {
  concurrency: 4,
  lease: { duration: '2s' },
})
await runtime.start()
process.on('SIGTERM', () => void runtime.stop().then(() => process.exit(0)))
process.stdout.write('ready\n')
