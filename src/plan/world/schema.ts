import { z } from 'zod'
import { closed, DurationValue, TimeLimit } from '../schema/values.ts'

/** What Setpoint adds to an XState config stands under `meta`; the rest is XState's own. */
export const StateMeta = closed({
  check: z.string().optional(),
  priority: z.number().optional(),
  serial: z.boolean().optional(),
  timeout: TimeLimit.optional(),
})

const COST = 'a cost is a finite number ≥ 0'

export const TransitionMeta = closed({
  task: z.string(),
  cost: z.number({ error: COST }).min(0, { error: COST }).optional(),
  with: z.unknown().optional(),
  timeout: TimeLimit.optional(),
  verify: closed({
    tries: z.number().int().min(1).max(100).optional(),
    delay: DurationValue.optional(),
  }).optional(),
})

type Callback = (...args: never[]) => unknown

/** A plan in code may write a guard or an `assign` in place; in a file both have names. */
const Inline = z.custom<Callback>((value) => typeof value === 'function', {
  error: 'expected a name',
})

const Reference = z.union([
  z.string(),
  closed({ type: z.string(), params: z.unknown().optional() }),
  Inline,
])

const References = z.union([Reference, z.array(Reference).readonly()])

const Target = z.union([z.string(), z.array(z.string()).min(1).readonly()])

export const Transition = closed({
  target: Target.optional(),
  meta: TransitionMeta.optional(),
  guard: Reference.optional(),
  actions: References.optional(),
  reenter: z.boolean().optional(),
  description: z.string().optional(),
})

const Transitions = z.union([
  z.string(),
  Transition,
  z.array(z.union([z.string(), Transition])).readonly(),
])

const behaviour = {
  id: z.string().optional(),
  description: z.string().optional(),
  initial: z.string().optional(),
  on: z.record(z.string(), Transitions).optional(),
  always: Transitions.optional(),
  after: z.record(z.string(), Transitions).optional(),
  onDone: Transitions.optional(),
  entry: References.optional(),
  exit: References.optional(),
  tags: z.union([z.string(), z.array(z.string()).readonly()]).optional(),
  invoke: z
    .never({ error: 'a world starts no actors: what happens in it is done by tasks' })
    .optional(),
}

const node = {
  ...behaviour,
  type: z.enum(['atomic', 'compound', 'parallel', 'final', 'history']).optional(),
  meta: StateMeta.optional(),
  history: z.enum(['shallow', 'deep']).optional(),
  target: Target.optional(),
}

const Leaf = closed(node)

/** A state inside the machine. The interface breaks the circle that inference cannot. */
export interface StateConfig extends z.input<typeof Leaf> {
  readonly states?: Readonly<Record<string, StateConfig>> | undefined
}

export const StateNode: z.ZodType<StateConfig, StateConfig> = closed({
  ...node,
  get states() {
    return z.record(z.string(), StateNode).optional()
  },
})

/** The machine of a plan: an XState config, of which only what can describe a world is allowed. */
export const WorldSchema = closed({
  ...behaviour,
  type: z.enum(['compound', 'parallel']).optional(),
  version: z.string().optional(),
  context: z.unknown().optional(),
  types: z.unknown().optional(),
  states: z.record(z.string(), StateNode),
})

export type WorldConfig = z.input<typeof WorldSchema>
