import { formatDuration } from '../core/duration.ts'
import type { RuntimeEvents } from '../core/events.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Interrupt } from '../plan/model.ts'
import type { Listenable } from '../runtime/events/events.ts'
import type { Screen } from './screen.ts'
import { printable, type Style } from './style.ts'

type Fired = RuntimeEvents['interrupt.fired']

interface UnderWay {
  readonly since: number
  readonly victims: ReadonlySet<string>
}

const FATES = {
  requeue: ['makes room', 'make room'],
  cancel: ['is cancelled', 'are cancelled'],
  pause: ['is paused', 'are paused'],
} as const

/** Shows when interrupts fire, what they send away, and that it goes on. */
export class InterruptProgress {
  readonly #rules: readonly Interrupt[]
  readonly #screen: Screen
  readonly #style: Style
  readonly #now: () => number
  readonly #underWay = new Map<string, UnderWay>()

  constructor(rules: readonly Interrupt[], screen: Screen, style: Style, now: () => number) {
    this.#rules = rules
    this.#screen = screen
    this.#style = style
    this.#now = now
  }

  listen(events: Listenable): void {
    events.on('interrupt.fired', ({ data }) => this.#fired(data))
    events.on('tasklet.pending', ({ data: { tasklet } }) => this.#sentBack(tasklet))
    const { green, red } = this.#style
    events.on('interrupt.ended', ({ data }) => this.#over(data, green('✔'), ''))
    // Why it failed stands in the log.
    events.on('interrupt.failed', ({ data }) => this.#over(data, red('✖'), ' without success'))
  }

  /** Whether an interrupt that is under way has met it. */
  isVictim(taskletId: string): boolean {
    return [...this.#underWay.values()].some(({ victims }) => victims.has(taskletId))
  }

  #fired({ plan, name, victims }: Fired): void {
    this.#underWay.set(`${plan}/${name}`, { since: this.#now(), victims: new Set(victims) })
    const rule = this.#rules.find((each) => each.plan === plan && each.name === name)
    const answers = rule === undefined ? '' : `: ${rule.run} comes first`
    const [one, several] = FATES[rule?.victims.policy ?? 'requeue']
    const fate = victims.length === 1 ? `1 tasklet ${one}` : `${victims.length} tasklets ${several}`
    const met = victims.length === 0 ? '' : `, ${fate}`
    this.#warn(`interrupt ${name} fired${answers}${met}`)
  }

  #sentBack({ id, task }: Tasklet): void {
    if (!this.isVictim(id)) return
    const text = `${task} is sent back to its queue and waits until it is over`
    this.#warn(text)
    this.#screen.activity(text)
  }

  #over({ plan, name }: Pick<Fired, 'plan' | 'name'>, mark: string, how: string): void {
    const rule = `${plan}/${name}`
    const known = this.#underWay.get(rule)
    this.#underWay.delete(rule)
    const took = known === undefined ? '' : ` after ${formatDuration(this.#now() - known.since)}`
    this.#screen.line(`  ${mark} ${printable(`interrupt ${name} is over${how}${took}`)}`)
  }

  #warn(text: string): void {
    this.#screen.line(`  ${this.#style.yellow('!')} ${printable(text)}`)
  }
}
