import { type AnyStateMachine, type AnyStateNode, assign, type EventObject, setup } from 'xstate'
import type { Plan, WorldState } from '../../src/plan/model.ts'
import type { Fact } from '../../src/ports/store-messages.ts'
import type { Belief } from '../../src/runtime/twins/belief.ts'
import { Twin } from '../../src/runtime/twins/twin.ts'
import { ManualClock } from './manual-clock.ts'

interface OvenContext {
  loaves: number
  readonly cooling: number
}

const base = setup({
  types: { context: {} as OvenContext, events: {} as EventObject & Record<string, unknown> },
  delays: { coolingTime: ({ context }) => context.cooling },
  guards: {
    isFull: ({ context }) => context.loaves >= 3,
    isBroken: () => {
      throw new Error('the gauge is broken')
    },
  },
  actions: {
    addLoaves: assign({
      loaves: ({ context, event }) => context.loaves + Number(event['count'] ?? 1),
    }),
  },
})

/** An oven with a door: it cools down by itself, slowly when it is full. */
export const ovenMachine = base.createMachine({
  id: 'oven',
  context: { loaves: 0, cooling: 5000 },
  type: 'parallel',
  on: { GAUGE: { guard: 'isBroken', actions: 'addLoaves' } },
  states: {
    heat: {
      initial: 'cold',
      states: {
        cold: { on: { HEAT: { target: 'hot' } } },
        warm: {
          after: { coolingTime: { target: 'cold' } },
          on: { HEAT: { target: 'hot' } },
        },
        hot: {
          initial: 'even',
          after: { 10000: { target: 'warm' } },
          on: { 'sensor.*': { target: 'warm' } },
          states: {
            even: { on: { GLOW: { target: 'glowing' } } },
            glowing: { after: { 2000: { target: 'even' } } },
          },
        },
      },
    },
    door: {
      initial: 'closed',
      states: {
        closed: { on: { OPEN: { target: 'open' } } },
        open: {
          after: { 3000: { guard: 'isFull', target: 'closed' } },
          on: { CLOSE: { target: 'closed' }, LOAD: { actions: 'addLoaves' } },
        },
      },
    },
  },
})

/** A plan with nothing but a world. */
export function makeWorldPlan(machine: AnyStateMachine, version = 'v1'): Plan {
  const states = pathsBelow(machine.root).map((path) => [path, toState(path)] as const)
  return {
    name: 'bakery',
    version,
    description: undefined,
    folder: undefined,
    resources: {},
    resourceLimits: {},
    transitionUnits: {},
    world: { config: machine.config as Record<string, unknown>, machine, states: new Map(states) },
    tasks: new Map(),
    interrupts: [],
    schedules: [],
    warnings: [],
  }
}

export function pathsBelow(node: AnyStateNode): string[] {
  const children = Object.values<AnyStateNode>(node.states)
  return children.flatMap((child) => [child.path.join('.'), ...pathsBelow(child)])
}

function toState(path: string): WorldState {
  return {
    path,
    type: 'atomic',
    check: undefined,
    priority: 0,
    serial: false,
    timeout: 5000,
    tags: [],
  }
}

export function makeTwin(machine: AnyStateMachine = ovenMachine, clock = new ManualClock()) {
  const plan = makeWorldPlan(machine)
  const changes: (Belief | undefined)[] = []
  const failures: unknown[] = []
  if (plan.world === undefined) throw new TypeError('the plan has no world')
  const twin = new Twin(plan, plan.world, {
    clock,
    changed: (belief) => changes.push(belief),
    keep: () => {},
    failed: (error) => failures.push(error),
  })
  return { twin, clock, changes, failures }
}

/** Facts in memory, as several processes share them. */
export class SharedFacts {
  readonly #facts = new Map<string, Fact>()
  readonly writes: Fact[] = []
  /** What the next writes reject with. */
  failure: Error | undefined

  async fact(kind: string, key: string): Promise<Fact | undefined> {
    return this.#facts.get(`${kind} ${key}`)
  }

  async facts(kind: string): Promise<readonly Fact[]> {
    return [...this.#facts.values()].filter((fact) => fact.kind === kind)
  }

  async writeFact(fact: Fact): Promise<{ readonly written: boolean; readonly fact: Fact }> {
    if (this.failure !== undefined) throw this.failure
    const name = `${fact.kind} ${fact.key}`
    const present = this.#facts.get(name)
    if (present !== undefined && present.version !== fact.version) {
      return { written: false, fact: present }
    }
    const value: unknown = JSON.parse(JSON.stringify(fact.value))
    const next = { ...fact, value, version: fact.version + 1 }
    this.#facts.set(name, next)
    this.writes.push(next)
    return { written: true, fact: next }
  }
}
