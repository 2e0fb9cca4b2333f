import type { ServiceName } from '../services/service.ts'

/** A durable queue under measurement; ours is one of them. */
export interface Peer {
  readonly name: string
  readonly needs?: readonly ServiceName[]
  /** What an acknowledged submission survives. */
  readonly durability: string
  /** Whether an acknowledged submission is on disk, so that a power loss cannot undo it. */
  readonly synced: boolean
  /** How it was set up, where that is not its default. */
  readonly settings: string
  /** An empty queue, made anew. */
  open(options: SessionOptions): Promise<Session>
}

export interface SessionOptions {
  readonly concurrency: number
  /** What the handler does. */
  readonly deliver: (input: number) => void
  /** What is measured: some peers have settings that help the one at the cost of the other. */
  readonly favour: 'throughput' | 'submission' | 'start'
}

/** What a measurement is given: a session of the peer whose turn it is. */
export type Open = (deliver: SessionOptions['deliver']) => Promise<Session>

export interface Session {
  /** Resolves when the submission is acknowledged. */
  submit(input: number): Promise<unknown>
  /** The fastest way to submit many. Resolves when all are acknowledged. */
  submitAll(inputs: readonly number[]): Promise<unknown>
  /** Handlers run from now on, and not before. */
  work(): Promise<void>
  /** Resolves when that many completions are recorded, as durably as this queue records things. */
  settled(count: number): Promise<void>
  close(): Promise<void>
}
