import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Tinypool } from 'tinypool'
import type { FromWorker, ToWorker } from './messages.ts'
import { isAbout } from './messages.ts'

/** How this process and the worker of one job talk. */
export interface Link {
  /** Handed to the job, for a thread. */
  readonly port: MessagePort | undefined
  /** What the pool has to pass on. */
  readonly options: Pick<NonNullable<Parameters<Tinypool['run']>[1]>, 'channel' | 'transferList'>
  post(message: ToWorker): void
  close(): void
}

export interface LinkEvents {
  heard(message: FromWorker): void
  /** A thread is gone; processes are watched by the pool. */
  broken(): void
}

export function createLink(mode: 'sync' | 'cpu', job: number, events: LinkEvents): Link {
  return mode === 'sync' ? toThread(job, events) : toProcess(job, events)
}

function toThread(job: number, { heard, broken }: LinkEvents): Link {
  const { port1, port2 } = new MessageChannel()
  port1.on('message', (message: FromWorker) => {
    if (isAbout(job, message)) heard(message)
  })
  port1.on('close', broken)
  return {
    port: port2,
    options: { transferList: [port2] },
    post: (message) => port1.postMessage(message),
    close: () => port1.close(),
  }
}

function toProcess(job: number, { heard }: LinkEvents): Link {
  let send: ((message: ToWorker) => void) | undefined
  return {
    port: undefined,
    options: {
      channel: {
        onMessage: (listener) => {
          send = listener
        },
        postMessage: (message: unknown) => {
          if (isAbout(job, message)) heard(message as FromWorker)
        },
      },
    },
    post: (message) => send?.(message),
    close: () => {
      send = undefined
    },
  }
}
