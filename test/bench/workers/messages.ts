import type { EngineAddresses } from '../engines/engines.ts'
import type { Work } from './work.ts'

/** What a worker process is told. */
export type Order =
  | {
      readonly type: 'begin'
      readonly engines: EngineAddresses
      readonly work: Work
      readonly concurrency: number
    }
  /** The handlers that wait may go on. */
  | { readonly type: 'go' }
  | { readonly type: 'end' }

/** What a worker process tells. */
export type Notice =
  /** As many handlers as may run at once wait to go on. */
  | { readonly type: 'full' }
  /** So many settlements have been committed since it told last. */
  | { readonly type: 'completed'; readonly count: number }
  /** It has let go of everything. */
  | { readonly type: 'ended'; readonly delivered: readonly number[] }
  | { readonly type: 'failed'; readonly error: string }
