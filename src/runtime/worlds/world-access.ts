import type { Log } from '../../plan/handler.ts'
import type { Plan, World, WorldState } from '../../plan/model.ts'
import { type Detection, type DetectOptions, detect } from '../../planning/detect.ts'
import type { AskOptions } from '../../planning/evidence.ts'
import { type Verification, verify } from '../../planning/verify.ts'
import type { Clock } from '../../ports/clock.ts'

/** Asks the checks of one plan about the world. */
export class WorldAccess {
  readonly world: World
  readonly #plan: Plan
  readonly #clock: Clock
  readonly #log: Log

  constructor(plan: Plan, world: World, clock: Clock, log: Log) {
    this.world = world
    this.#plan = plan
    this.#clock = clock
    this.#log = log
  }

  /** Asks every check, those of nearer states first. */
  async detect(order: DetectOptions['order'], signal?: AbortSignal): Promise<Detection> {
    const detection = await detect(this.world, { ...this.#asking(signal), order })
    if (detection.outcome === 'detected') {
      for (const warning of detection.warnings) this.#log.warn(warning, { plan: this.#plan.name })
    }
    return detection
  }

  verify(targets: readonly string[], signal?: AbortSignal): Promise<Verification> {
    return verify(this.world, targets, this.#asking(signal))
  }

  #asking(signal: AbortSignal | undefined): AskOptions {
    const run = async (state: WorldState, signal: AbortSignal) =>
      state.check?.run({ signal, log: this.#log, plan: this.#plan })
    return { run, clock: this.#clock, signal }
  }
}
