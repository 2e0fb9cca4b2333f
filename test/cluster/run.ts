import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createClient } from '../../src/http.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { DISPATCHES, type DispatchName, STORES, type StoreName } from './engines.ts'
import { followToTheEnd, formatRuns } from './following.ts'

const USAGE = `npm run cluster -- [--store mysql|postgres] [--dispatch redis|rabbitmq|none] [--workers 3]
                  [--plans DIR] [--task plan/task] [--stay]

Starts servers of its own, a gateway that runs nothing and workers, runs a task across them, says
which process ran what, and removes everything again.

  --store     where the truth is kept (default: mysql)
  --dispatch  what hands work to the workers (default: redis, which is BullMQ)
  --workers   how many (default: 3)
  --plans     a plan folder (default: plans/change-pipeline)
  --task      the task (default: change-pipeline/work-day)
  --stay      leave everything running afterwards, until Ctrl-C`

const PLAN = fileURLToPath(new URL('../../plans/change-pipeline', import.meta.url))

process.exitCode = await main()

async function main(): Promise<number> {
  const options = readArguments()
  if (options === undefined) {
    console.log(USAGE)
    return 2
  }
  const started = (what: string) => console.error(`started  ${what}`)
  const interrupted = new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(130)).once('SIGTERM', () => resolve(143))
  })
  const cluster = await startCluster({ ...options, started })
  try {
    const code = await Promise.race([runTask(cluster, options.task), interrupted])
    if (options.stay) {
      console.error(`it stays: ${cluster.url}/docs; Ctrl-C ends it`)
      await interrupted
    }
    return code
  } finally {
    await cluster.close()
    console.error('stopped  everything')
  }
}

async function runTask(cluster: Cluster, task: string): Promise<number> {
  const client = createClient(cluster.url)
  const { id } = await client.tasks.submit(task, {})
  console.error(`submitted ${task} as ${id}`)
  const names = new Map(cluster.workers.map(({ pid, name }) => [pid, name]))
  const runs = await followToTheEnd(client, names, (line) => console.error(line))
  console.log(formatRuns(runs))
  const { status, output } = await client.tasks.get(id)
  console.log(`${task} ${status}: ${JSON.stringify(output, undefined, 2)}`)
  return status === 'completed' ? 0 : 1
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      store: { type: 'string', default: 'mysql' },
      dispatch: { type: 'string', default: 'redis' },
      workers: { type: 'string', default: '3' },
      plans: { type: 'string', default: PLAN },
      task: { type: 'string', default: 'change-pipeline/work-day' },
      stay: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const { store, dispatch, plans, task, stay, help } = values
  const workers = Number(values.workers)
  const isKnown = isStore(store) && (dispatch === 'none' || isDispatch(dispatch))
  if (help || !isKnown || !Number.isInteger(workers) || workers < 1) return undefined
  const chosen = isDispatch(dispatch) ? dispatch : undefined
  return { store, dispatch: chosen, workers, plans: [plans], task, stay }
}

function isStore(name: string): name is StoreName {
  return Object.hasOwn(STORES, name)
}

function isDispatch(name: string): name is DispatchName {
  return Object.hasOwn(DISPATCHES, name)
}
