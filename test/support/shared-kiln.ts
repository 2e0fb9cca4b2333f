import { onTestFinished } from 'vitest'
import type { TaskContext } from '../../src/plan/handler.ts'
import type { RuntimeOptions } from '../../src/runtime/options/options.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { wait } from '../../src/runtime/wait.ts'
import { makeCluster, type Way } from './cluster.ts'
import { makeKiln } from './kiln.ts'
import { ManualClock } from './manual-clock.ts'
import { startRuntime } from './runtimes.ts'

/** What goes on in the one kiln that several processes work with. */
interface Going {
  readonly what: string
  readonly state: string | undefined
  readonly process: number
}

const DOOR = { resources: { door: 1 } }
const STATES = { fire: 'hot', load: 'cold', dry: 'warm' } as const
const WAYS = { warm: 'warm', blast: 'hot', rest: 'cold', cool: 'cold' } as const

/** Milliseconds that a transition takes. */
const MOVING = 300

interface KilnProcess {
  readonly runtime: Runtime
  readonly way: Way
}

/** One kiln, a store, and processes that share both. It notes what must never happen. */
export class SharedKiln {
  at = 'cold'
  readonly clock = new ManualClock()
  readonly violations: string[] = []
  /** Transitions and handlers, `<process> <what>`, as they begin. */
  readonly seen: string[] = []
  /** The most handlers that ran at once. */
  most = 0
  readonly cluster: ReturnType<typeof makeCluster>
  readonly processes: KilnProcess[] = []
  readonly #going = new Set<Going>()
  readonly #dead = new Set<number>()

  constructor(lag?: (clock: ManualClock) => Promise<void>) {
    this.cluster = makeCluster(lag === undefined ? undefined : () => lag(this.clock))
  }

  /** One more process; its handlers take as many milliseconds as their input says. */
  async join(options: RuntimeOptions = {}): Promise<KilnProcess> {
    const process = this.processes.length
    const work = Object.entries(STATES).map(([name, requires]) => [
      name,
      { requires, run: (context: TaskContext) => this.#work(process, name, requires, context) },
    ])
    const kiln = makeKiln({
      ...Object.fromEntries(work),
      door: { ...DOOR, run: (context: TaskContext) => this.#hold(process, context) },
      // A transition that needs what work needs as well.
      heat: { ...DOOR, run: (context: TaskContext) => this.#move(process, 'heat', 'hot', context) },
      turn: { leaves: 'warm', run: (context: TaskContext) => this.#turn(process, context) },
    })
    for (const state of kiln.world.states.keys()) kiln.answers[state] = () => this.at === state
    for (const [name, to] of Object.entries(WAYS)) {
      kiln.doings[name] = (context) => this.#move(process, name, to, context)
    }
    const way = this.cluster.join()
    const starting = startRuntime(kiln.plan, { concurrency: 4, ...options }, way.store, this.clock)
    await this.clock.advance('5s')
    const { runtime } = await starting
    onTestFinished(() => way.revive())
    const joined = { runtime, way }
    this.processes.push(joined)
    return joined
  }

  /**
   * The process is gone from one moment to the next, with all that it was doing. A kiln that it was
   * moving is warm then, whatever it was meant to be.
   */
  kill(process: number): void {
    this.#dead.add(process)
    this.processes[process]?.way.die()
    for (const going of this.#going) {
      if (going.process !== process) continue
      this.#going.delete(going)
      if (going.state === 'moving') this.at = 'warm'
    }
  }

  isDead(process: number): boolean {
    return this.#dead.has(process)
  }

  async #work(process: number, what: string, state: string, context: TaskContext) {
    const going = { what, state, process }
    this.#begin(going)
    this.#look(going)
    await this.#pass(process, Number(context.input), context.signal, going)
    this.#look(going)
  }

  async #hold(process: number, { input, signal }: TaskContext) {
    const going = { what: 'door', state: undefined, process }
    this.#begin(going)
    await this.#pass(process, Number(input), signal, going)
  }

  /** Changes the kiln, wherever it is. */
  async #turn(process: number, { input, signal }: TaskContext) {
    const going = { what: 'turn', state: 'moving', process }
    this.#begin(going)
    this.at = 'between'
    try {
      await this.#pass(process, Number(input), signal, going)
    } finally {
      if (!this.#dead.has(process)) this.at = 'warm'
    }
  }

  /** One that is cut short leaves the kiln warm. */
  async #move(process: number, what: string, to: string, { signal }: TaskContext) {
    const going = { what, state: 'moving', process }
    this.#begin(going)
    this.at = 'between'
    try {
      await this.#pass(process, MOVING, signal, going)
      this.at = to
    } catch (error) {
      this.at = 'warm'
      throw error
    }
  }

  /** Time passes; in a process that dies meanwhile nothing happens ever after. */
  async #pass(process: number, duration: number, signal: AbortSignal, going: Going) {
    try {
      await wait(this.clock, duration, signal)
    } finally {
      this.#going.delete(going)
    }
    if (this.#dead.has(process)) await new Promise<never>(() => {})
  }

  #begin(going: Going): void {
    const { what, state, process } = going
    this.seen.push(`${process} ${what}`)
    for (const other of this.#going) {
      const meets = other.state !== undefined && state !== undefined && other.state !== state
      const moves = other.state === 'moving' && state === 'moving'
      if (meets || moves || (needsDoor(what) && needsDoor(other.what))) {
        this.violations.push(`${process} ${what} beside ${other.process} ${other.what}`)
      }
    }
    this.#going.add(going)
    this.most = Math.max(this.most, this.#going.size)
  }

  #look({ what, state, process }: Going): void {
    if (state === undefined || this.at === state || this.#dead.has(process)) return
    this.violations.push(`${process} ${what} finds the kiln ${this.at}`)
  }
}

function needsDoor(what: string): boolean {
  return what === 'door' || what === 'heat'
}
