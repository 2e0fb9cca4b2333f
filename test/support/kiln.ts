import { definePlan } from '../../src/plan/define.ts'
import type { TaskContext } from '../../src/plan/handler.ts'
import { compilePlan } from '../../src/plan/load.ts'
import type { Plan, World } from '../../src/plan/model.ts'

/** A kiln that exists only in memory. The cheapest way to `hot` leads through `warm`. */
export interface Kiln {
  readonly plan: Plan
  readonly world: World
  /** The state that the checks see. */
  at: string
  /** Answers of checks, by state, where they are not simply whether the kiln is there. */
  readonly answers: Record<string, () => unknown>
  /** What transition tasks do, by name, where they do not simply move the kiln. */
  readonly doings: Record<string, (context: TaskContext) => unknown>
  /** Transition tasks and, where a test notes them, handlers, in the order of their starts. */
  readonly seen: string[]
}

const STATES = ['cold', 'warm', 'hot', 'lost'] as const

const VERIFY = { tries: 3, delay: 200 }

interface KilnSettings {
  readonly interrupts?: Record<string, object>
  readonly checks?: Record<string, () => unknown>
  readonly schedules?: Record<string, object>
}

export function makeKiln(
  tasks: Record<string, object> = {},
  { interrupts, checks = {}, schedules }: KilnSettings = {},
): Kiln {
  const answers: Kiln['answers'] = {}
  const doings: Kiln['doings'] = {}
  const seen: string[] = []
  const move = (task: string, to: string) => (context: TaskContext) => {
    seen.push(task)
    if (doings[task] !== undefined) return doings[task](context)
    kiln.at = to
    return undefined
  }
  const check = (state: string) => () => (answers[state] ?? (() => kiln.at === state))()
  const way = (target: string, task: string, cost: number) => ({
    target,
    meta: { task, cost, verify: VERIFY },
  })
  const definition = definePlan({
    name: 'kiln',
    resources: { door: 1 },
    machine: {
      id: 'kiln',
      initial: 'cold',
      states: {
        cold: {
          meta: { check: 'cold' },
          on: { WARM: way('warm', 'warm', 1), HEAT: way('hot', 'blast', 5) },
        },
        warm: {
          meta: { check: 'warm' },
          on: { HEAT: way('hot', 'heat', 1), COOL: way('cold', 'rest', 1) },
        },
        hot: { meta: { check: 'hot' }, on: { COOL: way('cold', 'cool', 1) } },
        lost: { meta: { check: 'lost' } },
      },
    },
    checks: { ...Object.fromEntries(STATES.map((state) => [state, check(state)])), ...checks },
    ...(interrupts !== undefined && { interrupts }),
    ...(schedules !== undefined && { schedules }),
    tasks: {
      warm: move('warm', 'warm'),
      blast: move('blast', 'hot'),
      heat: move('heat', 'hot'),
      rest: move('rest', 'cold'),
      cool: move('cool', 'cold'),
      ...tasks,
    },
  } as unknown as Parameters<typeof definePlan>[0])
  const plan = compilePlan(definition)
  if (plan.world === undefined) throw new TypeError('the kiln has no world')
  const kiln: Kiln = { plan, world: plan.world, at: 'cold', answers, doings, seen }
  return kiln
}
