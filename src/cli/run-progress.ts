import { formatDuration, NEVER } from '../core/duration.ts'
import type { EventName, RuntimeEvents } from '../core/events.ts'
import type { Phase } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Task } from '../plan/model.ts'
import type { Listenable } from '../runtime/events/events.ts'
import type { InterruptProgress } from './interrupt-progress.ts'
import { formatPath, formatTrailStep, roundCost } from './path-text.ts'
import type { Screen } from './screen.ts'
import { formatStep } from './step-text.ts'
import { printable, type Style } from './style.ts'

/** The events that say which tasklet they are about. */
type OwnEvent = {
  [Name in EventName]: RuntimeEvents[Name] extends { readonly taskletId: string } ? Name : never
}[EventName]

/** Shows what happens to the first tasklet that is submitted, from the events of its runtime. */
export class RunProgress {
  readonly #task: Task
  readonly #screen: Screen
  readonly #style: Style
  readonly #now: () => number
  readonly #interrupts: Pick<InterruptProgress, 'isVictim'>
  #taskletId: string | undefined
  #attempt = 1
  /** What the progress of the moment belongs to: the task or a transition task. */
  #running = ''
  #pathShown = false
  #where: readonly string[] = []
  #goesOn = false
  /** It waits for a time or an event, and is woken by it. */
  #sleeps = false

  constructor(
    task: Task,
    screen: Screen,
    style: Style,
    now: () => number,
    interrupts: Pick<InterruptProgress, 'isVictim'>,
  ) {
    this.#task = task
    this.#interrupts = interrupts
    this.#screen = screen
    this.#style = style
    this.#now = now
  }

  listen(events: Listenable): void {
    events.on('tasklet.submitted', ({ data }) => this.#submitted(data))
    this.#on(events, 'tasklet.phase', ({ phase }) => this.#entered(phase))
    this.#on(events, 'world.detected', ({ states }) => this.#detected(states))
    this.#on(events, 'path.found', (data) => this.#planned(data))
    this.#on(events, 'transition.started', ({ step }) => {
      this.#running = `${step.task}: ${step.from} → ${step.to}`
      this.#screen.activity(this.#running, `${step.from} ${step.event}`)
    })
    this.#on(events, 'transition.ended', ({ step }) =>
      this.#screen.line(`  ${formatTrailStep(step, this.#style)}`),
    )
    this.#on(events, 'step.started', (data) => this.#stepStarted(data))
    this.#on(events, 'step.ended', (data) =>
      this.#screen.line(`  ${formatStep(data, this.#style)}`),
    )
    this.#on(events, 'tasklet.progress', (data) => this.#progressed(data))
    this.#on(events, 'tasklet.abandoned', ({ reason }) =>
      this.#warn(`${this.#running} did not stop in time (${reason}); it is no longer waited for`),
    )
    this.#on(events, 'lease.lost', ({ holder }) =>
      this.#warn(`the lease was lost to ${holder ?? 'nobody yet'}; waiting for its result`),
    )
    events.on('tasklet.retrying', ({ data: { tasklet } }) => {
      if (tasklet.id === this.#taskletId) this.#retrying(tasklet)
    })
    events.on('tasklet.scheduled', ({ data: { tasklet } }) => {
      if (tasklet.id === this.#taskletId) this.#passivated(tasklet)
    })
    events.on('tasklet.pending', ({ data: { tasklet } }) => {
      if (tasklet.id === this.#taskletId) this.#givenBack(tasklet)
    })
  }

  #on<Name extends OwnEvent>(
    events: Listenable,
    name: Name,
    show: (data: RuntimeEvents[Name]) => void,
  ): void {
    events.on(name, ({ data }) => {
      if (data.taskletId === this.#taskletId) show(data)
    })
  }

  #submitted({ tasklet }: RuntimeEvents['tasklet.submitted']): void {
    if (this.#taskletId !== undefined) return
    this.#taskletId = tasklet.id
    const { bold, dim } = this.#style
    this.#screen.line(`${bold(`${tasklet.plan}/${tasklet.task}`)}  ${dim(tasklet.id)}`)
    this.#screen.activity('waiting for its turn')
  }

  #entered(phase: Phase): void {
    if (phase === 'preparing') this.#screen.activity('asking where the world is')
    if (phase !== 'executing') return
    if (this.#where.length > 0 && !this.#pathShown) {
      this.#field('path', 'nothing to do, the world is where the task needs it')
    }
    this.#running = this.#task.name
    const what = this.#goesOn ? 'goes on' : 'runs'
    this.#screen.activity(
      `${this.#running} ${what}${this.#attempt === 1 ? '' : `, attempt ${this.#attempt}`}`,
      `${what} ${this.#attempt}`,
    )
    this.#goesOn = false
    this.#sleeps = false
  }

  #detected(states: readonly string[]): void {
    this.#where = states
    this.#field('world', this.#style.bold(states.join(' & ')))
  }

  #planned({ from, steps, cost }: RuntimeEvents['path.found']): void {
    this.#pathShown = true
    const total = steps.length > 1 ? this.#style.dim(`  cost ${roundCost(cost)}`) : ''
    this.#field('path', formatPath(from, steps, this.#style) + total)
  }

  #progressed({ share, message }: RuntimeEvents['tasklet.progress']): void {
    const percent = Math.round(Math.min(1, Math.max(0, share)) * 100)
    const said = message === undefined ? '' : `  ${message}`
    const text = `${this.#running}  ${percent} %${said}`
    this.#screen.activity(text, `${Math.floor(percent / 10)} ${message}`)
  }

  #stepStarted({ key, attempt }: RuntimeEvents['step.started']): void {
    this.#running = `${this.#task.name} ${printable(key)}`
    const again = attempt === 1 ? '' : `, attempt ${attempt}`
    this.#screen.activity(`${this.#running}${again}`, `${key} ${attempt}`)
  }

  #passivated({ notBefore }: Tasklet): void {
    this.#goesOn = true
    this.#sleeps = true
    this.#forgetWorld()
    const until = notBefore === undefined || notBefore >= NEVER ? '' : timeText(notBefore)
    this.#screen.activity(`${this.#running} waits${until}, and holds nothing meanwhile`, until)
  }

  #retrying(tasklet: Tasklet): void {
    const { attempts, maxAttempts, error, notBefore } = tasklet
    const wasSpent = attempts === this.#attempt
    const wait = formatDuration(Math.max(0, (notBefore ?? 0) - this.#now()))
    const problem = wasSpent ? `attempt ${attempts} of ${maxAttempts} failed` : 'put off'
    this.#warn(`${problem}: ${error?.message ?? 'no reason was given'}; again in ${wait}`)
    this.#attempt = attempts + 1
    this.#forgetWorld()
    this.#screen.activity(`waiting ${wait} for the next attempt`)
  }

  /** An interrupt says for itself why it sends work back. */
  #givenBack({ id }: Tasklet): void {
    this.#goesOn = true
    this.#forgetWorld()
    // What it waited for has come, so there is nothing to warn of.
    if (this.#sleeps) this.#sleeps = false
    else if (!this.#interrupts.isVictim(id)) this.#warn('given back to the queue')
  }

  /** It is looked for again before the next start. */
  #forgetWorld(): void {
    this.#pathShown = false
    this.#where = []
  }

  #field(name: string, value: string): void {
    this.#screen.line(`  ${this.#style.dim(name.padEnd(5))}  ${value}`)
  }

  #warn(text: string): void {
    this.#screen.line(`  ${this.#style.yellow('!')} ${printable(text)}`)
  }
}

function timeText(at: number): string {
  return ` until ${new Date(at).toISOString()} at the latest`
}
