import type { HandlerModule } from '../../plan/handler.ts'
import { fromFailure, toFailure } from './failure.ts'
import type { FromWorker, Job, ToWorker } from './messages.ts'
import { isAbout } from './messages.ts'
import { WorkerContext } from './worker-context.ts'

/** The side of a worker: imports the handler, runs it, and tells the parent what came of it. */
export async function work(job: Job): Promise<void> {
  const parent = connect(job)
  parent.post({ job: job.number, type: 'began' })
  const context = new WorkerContext(job, parent.post)
  const stopListening = parent.listen((message) => {
    if (message.type === 'aborted') context.abort(message)
    else if (message.type === 'answered') context.answer(message.call, message.value)
    else context.refuse(message.call, fromFailure(message.failure))
  })
  try {
    const handler = await handlerOf(job)
    const run = await runnerOf(job)
    const output = await run(() => handler(context))
    // A value that cannot cross rejects here, where it is the handler's failure.
    parent.post({ job: job.number, type: 'returned', output })
  } catch (error) {
    parent.post({ job: job.number, type: 'threw', failure: toFailure(error) })
  } finally {
    stopListening()
  }
}

async function handlerOf({ module }: Job): Promise<(context: WorkerContext) => unknown> {
  const { url, name } = module
  const handler = (await exportsOf(module))[name]
  if (typeof handler === 'function') return handler as (context: WorkerContext) => unknown
  throw new TypeError(`${url} exports no function "${name}"`)
}

type Runner = (work: () => unknown) => unknown

/** Runs the handler as a part of its span, where there is one. */
async function runnerOf({ tracing, context: { traceparent } }: Job): Promise<Runner> {
  if (tracing === undefined || traceparent === undefined) return (work) => work()
  const { runWithin } = (await import(tracing)) as {
    readonly runWithin: (traceparent: string, work: () => unknown) => unknown
  }
  return (work) => runWithin(traceparent, work)
}

async function exportsOf({ url, sources }: HandlerModule): Promise<Record<string, unknown>> {
  if (sources === undefined) return import(url)
  // Only code that may be reloaded needs what reads it.
  const { importSources } = await import('../../plan/modules/import-sources.ts')
  return importSources(sources)
}

interface Parent {
  post(message: FromWorker): void
  listen(listener: (message: ToWorker) => void): () => void
}

function connect({ port, number }: Job): Parent {
  const channel = port ?? process
  return {
    post: port === undefined ? send : (message) => port.postMessage(message),
    listen(listener) {
      const hear = (message: unknown) => {
        if (isAbout(number, message)) listener(message as ToWorker)
      }
      channel.on('message', hear)
      return () => channel.off('message', hear)
    },
  }
}

function send(message: FromWorker): void {
  process.send?.(message)
}

if (process.send !== undefined) {
  // The terminal interrupts the whole group; when a worker stops is for its parent to say.
  process.on('SIGINT', () => {})
  // Without its parent nobody would settle what it does.
  process.on('disconnect', () => process.exit())
}
