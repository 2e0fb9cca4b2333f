import type { Expression, Template } from '../expressions/expression.ts'
import type { RetryPolicy } from '../handler.ts'
import type { StepAction, StepStatus } from './program.ts'

/** One step, with every name in it resolved. */
export interface Step {
  /**
   * Its path within its machine: its id, or where it stands, such as `steps[2].parallel[0]`. Empty
   * for the one step that an `each` repeats, which the item's own key names.
   */
  readonly key: string
  /** What `steps.<id>` names it by. */
  readonly id: string | undefined
  /** Name of its state, unlike those of its siblings. */
  readonly state: string
  readonly description: string
  /** The step as it was written. */
  readonly written: unknown
  readonly condition: Expression | undefined
  readonly work: Work
  /** Steps that run when it fails, after which it counts as handled. */
  readonly onError: 'fail' | 'continue' | readonly Step[]
}

export type Work =
  | {
      readonly kind: 'action'
      readonly action: StepAction
      readonly input: Template | undefined
      readonly retry: RetryPolicy
      readonly timeout: number | undefined
      readonly once: boolean
    }
  | { readonly kind: 'sequence'; readonly steps: readonly Step[] }
  | { readonly kind: 'parallel'; readonly branches: readonly Step[]; readonly failFast: boolean }
  | {
      readonly kind: 'each'
      readonly items: Template
      /** How many items are worked on at once. */
      readonly bound: number
      readonly failFast: boolean
      /** A machine of its own is made of it for every item. */
      readonly body: readonly Step[]
    }

/** What `steps.<id>` is to expressions. What a step does not have is not in it. */
export interface StepResult {
  readonly status: StepStatus
  readonly output?: unknown
  readonly error?: { readonly kind: 'error' | 'timeout'; readonly message: string }
}

/** Steps that share a fate: after a failure among them what follows in the same list is skipped. */
export interface Block {
  /** Empty for the list that a machine begins with. */
  readonly key: string
  readonly kind: 'sequence' | 'parallel'
  /** The first failure stops the others. */
  readonly failFast: boolean
  /** Entered after a failure, for which it stands in. */
  readonly handles: boolean
  readonly parent: Block | undefined
}

/** A step and where it stands. */
export interface Place {
  readonly step: Step
  readonly block: Block
  /** The step whose block it stands in. */
  readonly owner: Place | undefined
}

export const ROOT_BLOCK: Block = {
  key: '',
  kind: 'sequence',
  failFast: false,
  handles: false,
  parent: undefined,
}

export function handlerBlock({ step, block }: Place): Block {
  const key = `${step.key}.onError`
  return { key, kind: 'sequence', failFast: false, handles: true, parent: block }
}

/** The block of a step that holds others in the same machine. */
export function innerBlock({ step, block }: Place): Block {
  const { work, key } = step
  const parallel = work.kind === 'parallel'
  return {
    key: `${key}.${parallel ? 'parallel' : 'steps'}`,
    kind: parallel ? 'parallel' : 'sequence',
    failFast: parallel && work.failFast,
    handles: false,
    parent: block,
  }
}

export function innerSteps({ work }: Step): readonly Step[] {
  if (work.kind === 'sequence') return work.steps
  return work.kind === 'parallel' ? work.branches : []
}

/** Every step of one machine by its key; those that an `each` repeats have machines of their own. */
export function placesOf(steps: readonly Step[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  const add = (step: Step, block: Block, owner: Place | undefined): void => {
    const place: Place = { step, block, owner }
    places.set(step.key, place)
    for (const each of innerSteps(step)) add(each, innerBlock(place), place)
    if (typeof step.onError === 'string') return
    for (const each of step.onError) add(each, handlerBlock(place), place)
  }
  for (const step of steps) add(step, ROOT_BLOCK, undefined)
  return places
}

/** A block and all around it, from the inside out. */
export function blocksAround(block: Block): readonly Block[] {
  return block.parent === undefined ? [block] : [block, ...blocksAround(block.parent)]
}
