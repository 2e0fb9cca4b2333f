import type { Tasklet } from '../../core/tasklet.ts'

/** One claim, and what the store gave for it. */
export interface ClaimAnswer {
  readonly queue: string
  /** The ids that `next` gave; none: it was not asked; undefined: whatever the queue had. */
  readonly ids: readonly string[] | undefined
  readonly tasklets: readonly Tasklet[]
  /** As many as there was room for: there may be more. */
  readonly isFull: boolean
}

/** Says what a queue asks the store for, where it hears of its work from a dispatch. */
export interface WorkSource {
  /**
   * The ids to ask for, of which at most so many will be leased; none: nothing now; undefined:
   * whatever the store has.
   */
  next(queue: string, limit: number): readonly string[] | undefined
  /**
   * Notes at once what was leased, and resolves when it knows what became of the rest; undefined: it
   * knows all of it.
   */
  answered(answer: ClaimAnswer): Promise<void> | undefined
  /** What `next` said could not be asked. */
  failed(queue: string): void
  /** The queue should ask again at once, if it has room. */
  hasMore(queue: string): boolean
  /** Something that may have kept work of the queue back has changed. */
  stirred(queue: string): void
}

/** Without a dispatch a queue asks for whatever there is. */
export const WHATEVER_THERE_IS: WorkSource = {
  next: () => undefined,
  answered: () => undefined,
  failed: () => {},
  hasMore: () => false,
  stirred: () => {},
}
