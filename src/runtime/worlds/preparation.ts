import { type AnyActorRef, createActor } from 'xstate'
import { type PreparationEventType, preparationMachine } from '../../../machines/preparation.ts'
import type { ErrorRecord, PlanningReason } from '../../core/errors.ts'
import { toErrorRecord } from '../../core/errors.ts'
import type { Lineage, Trail, TrailStep } from '../../core/tasklet.ts'
import { holdsAny } from '../../core/world-states.ts'
import type { Log } from '../../plan/handler.ts'
import type { Detection } from '../../planning/detect.ts'
import type { PathStep } from '../../planning/planner.ts'
import type { Clock } from '../../ports/clock.ts'
import { wait } from '../wait.ts'
import type { Asking, LiveWorld } from './live-world.ts'

export interface PreparationLimits {
  /** How often a failed edge may be answered by another path. */
  readonly replans: number
  /** How many edges may be tried in all. */
  readonly transitions: number
  /** How often detection may recognise nothing before it is given up. */
  readonly detections: number
}

export interface PathFound {
  readonly path: readonly PathStep[]
  readonly cost: number
  readonly from: string
  /** Milliseconds that the search took. */
  readonly duration: number
}

export interface PreparationEffects {
  readonly clock: Clock
  readonly world: LiveWorld
  readonly log: Log
  readonly limits: PreparationLimits
  readonly signal: AbortSignal
  /** What the tasklet came of, and so what it learns of the world. */
  readonly cause?: Lineage | undefined
  /** Runs the transition task of an edge; rejects when it fails. */
  move(step: PathStep): Promise<void>
  detected(states: readonly string[]): void
  planned(found: PathFound): void
  tried(step: TrailStep): void
}

export interface Prepared {
  readonly trail: Trail
  /** Where the world was seen last. */
  readonly states: readonly string[]
  /** Undefined: the world is in a required state. */
  readonly error: ErrorRecord | undefined
}

const DETECTION_BACKOFF = 100

/** What an actor gets whose parent stops it; a child that its parent does not know has to be sent it. */
const STOP = { type: 'xstate.stop' } as const

/**
 * One run of the preparation machine: the data that its effects work on. Rejects only when the
 * signal aborts, with the signal's reason.
 */
export class Preparation {
  readonly #effects: PreparationEffects
  readonly #targets: readonly string[]
  #states: readonly string[] = []
  #origin: string | undefined
  #detections = 0
  #replans = 0
  #path: readonly PathStep[] = []
  #duration = 0
  readonly #banned = new Set<string>()
  readonly #steps: TrailStep[] = []
  #error: ErrorRecord | undefined

  constructor(targets: readonly string[], effects: PreparationEffects) {
    this.#targets = targets
    this.#effects = effects
  }

  run(parent: AnyActorRef): Promise<Prepared> {
    const { promise, resolve, reject } = Promise.withResolvers<Prepared>()
    const hasParent = () => parent.getSnapshot().status === 'active'
    const tell = (event: { readonly type: PreparationEventType } | typeof STOP) => {
      if (actor.getSnapshot().status === 'active') actor.send(event as never)
    }
    // The actor system keeps every actor that has not ended, so an aborted one has to end as well.
    // Its own end would be told to its parent: where that has ended before it, it is stopped.
    const abandon = (error: unknown) => {
      reject(error)
      tell(hasParent() ? { type: 'preparation.refused' } : STOP)
    }
    const go = (type: PreparationEventType) => {
      if (hasParent()) tell({ type })
      else abandon(this.#effects.signal.reason)
    }
    const effect = (work: () => Promise<PreparationEventType>) => () =>
      void work().then(go, abandon)
    const logic = preparationMachine.provide({
      actions: {
        detect: effect(() => this.#detect()),
        scheduleDetection: effect(() => this.#waitForDetection()),
        findPath: effect(() => this.#findPath()),
        takeEdge: effect(() => this.#takeEdge()),
        verifyEdge: effect(() => this.#verifyEdge()),
      },
    })
    // The options' type leaves `parent` out because spawning is the usual way; the actor takes it.
    const actor = createActor(logic, { id: 'preparation', parent } as { id: string })
    actor.subscribe({ complete: () => resolve(this.#result()), error: reject })
    actor.start()
    return promise
  }

  async #detect(): Promise<PreparationEventType> {
    const { world, limits } = this.#effects
    const believed = this.#steps.length === 0 ? world.believed() : undefined
    if (believed !== undefined) return this.#seen(believed)
    this.#detections += 1
    const detection = await world.detect(this.#targets, this.#asking)
    if (detection.outcome === 'detected') return this.#seen(detection.states)
    if (detection.outcome !== 'undetectable') return this.#refuse(...describeFailure(detection))
    if (this.#detections < limits.detections) return 'world.unrecognised'
    const { unknown } = world
    return unknown === undefined
      ? this.#refuse(...describeFailure(detection))
      : this.#seen([unknown])
  }

  #seen(states: readonly string[]): PreparationEventType {
    this.#states = states
    this.#origin ??= states.join(' & ')
    this.#effects.detected(states)
    return holdsAny(states, this.#targets) ? 'world.held' : 'world.recognised'
  }

  get #asking(): Asking {
    const { signal, log, cause } = this.#effects
    return { signal, log, cause }
  }

  async #waitForDetection(): Promise<PreparationEventType> {
    const { clock, signal } = this.#effects
    await wait(clock, DETECTION_BACKOFF * 2 ** (this.#detections - 1), signal)
    return 'detection.due'
  }

  async #findPath(): Promise<PreparationEventType> {
    const question = { from: this.#states, targets: this.#targets, banned: this.#banned }
    const { clock, world } = this.#effects
    const asked = clock.now()
    const verdict = world.findPath(question)
    if (verdict.outcome !== 'reachable') return this.#refuse(verdict.outcome, verdict.message)
    this.#path = verdict.path
    const { path, cost } = verdict
    this.#effects.planned({
      path,
      cost,
      from: this.#states.join(' & '),
      duration: clock.now() - asked,
    })
    return 'path.found'
  }

  async #takeEdge(): Promise<PreparationEventType> {
    const { clock, world, limits, signal } = this.#effects
    const [step] = this.#path
    if (step === undefined) return this.#refuse('trail', 'the path has no edge to take')
    if (this.#steps.length >= limits.transitions) return this.#giveUp('transitions')
    const started = clock.now()
    world.used()
    try {
      await this.#effects.move(step)
      this.#duration = clock.now() - started
      return 'edge.taken'
    } catch (error) {
      // One that was cut short is no failure of the edge, but nobody knows where it has led.
      if (signal.aborted) world.twin.disturbed(this.#effects.cause)
      signal.throwIfAborted()
      this.#duration = clock.now() - started
      return this.#edgeFailed(step, toErrorRecord('error', error).message)
    }
  }

  async #verifyEdge(): Promise<PreparationEventType> {
    const { world, clock, signal } = this.#effects
    const step = this.#path[0] as PathStep
    for (let tries = 1; ; tries += 1) {
      if (await world.arrived(step, this.#asking)) return this.#edgeTaken(step)
      if (tries >= step.verify.tries) {
        return this.#edgeFailed(step, `the world was not seen in ${step.to} afterwards`)
      }
      await wait(clock, step.verify.delay, signal)
    }
  }

  #edgeTaken(step: PathStep): PreparationEventType {
    this.#note(step, 'moved', undefined)
    this.#path = this.#path.slice(1)
    this.#states = step.to.split(' & ')
    return this.#path.length === 0 ? 'path.completed' : 'edge.verified'
  }

  /** The edge is not tried again in this preparation; the world is looked at anew. */
  #edgeFailed(step: PathStep, message: string): PreparationEventType {
    this.#note(step, 'failed', message)
    this.#banned.add(step.key)
    this.#detections = 0
    this.#replans += 1
    return this.#replans > this.#effects.limits.replans ? this.#giveUp('replans') : 'edge.failed'
  }

  #note(step: PathStep, outcome: TrailStep['outcome'], message: string | undefined): void {
    const { event, task, from, to, cost } = step
    const taken = { event, task, from, to, cost, duration: this.#duration, outcome, message }
    this.#steps.push(taken)
    const tried = { ok: outcome === 'moved', duration: this.#duration }
    this.#effects.world.tried(step, tried, this.#asking)
    this.#effects.tried(taken)
  }

  #giveUp(limit: 'replans' | 'transitions'): PreparationEventType {
    const tried = this.#steps.map(describeStep).join('; ')
    const bound = `the limit of ${this.#effects.limits[limit]} ${limit} is reached`
    return this.#refuse('trail', `gave up: ${bound}; tried ${tried}`)
  }

  #refuse(reason: PlanningReason, message: string, cause?: unknown): PreparationEventType {
    const target = this.#targets.join(' or ')
    this.#error = {
      kind: 'planning',
      reason,
      message: `cannot reach ${target}: ${message}`,
      cause: cause === undefined ? undefined : toErrorRecord('error', cause),
    }
    return 'preparation.refused'
  }

  #result(): Prepared {
    const trail = { from: this.#origin, target: this.#targets.join(' | '), steps: this.#steps }
    return { trail, states: this.#states, error: this.#error }
  }
}

type FailedDetection = Exclude<Detection, { outcome: 'detected' }>

function describeFailure(detection: FailedDetection): [PlanningReason, string, unknown?] {
  switch (detection.outcome) {
    case 'ambiguous': {
      const states = detection.states.join(' and ')
      return ['ambiguous', `the checks of ${states} all answered true, and only one can be`]
    }
    case 'check': {
      const { message } = toErrorRecord('error', detection.error)
      return ['check', `the check of ${detection.state} failed: ${message}`, detection.error]
    }
    case 'undetectable': {
      const answers = detection.evidence.map(({ state, answer }) => `${state}: ${answer}`)
      return ['undetectable', `no check recognises the world (${answers.join(', ')})`]
    }
  }
}

function describeStep({ from, event, to, task, outcome, message }: TrailStep): string {
  return `${from} --${event}--> ${to} (${task}) ${outcome}${message ? `: ${message}` : ''}`
}
