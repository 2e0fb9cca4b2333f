import type { Context, Hono } from 'hono'
import type { Clock } from '../ports/clock.ts'
import { systemClock } from '../runtime/clock.ts'
import type { Runtime } from '../runtime/runtime.ts'

/** Why no work should be sent here now. The messages hold nothing of the work itself. */
export interface ReadinessReason {
  readonly code: 'stopping' | 'runtime' | 'store'
  readonly message: string
}

type Watched = Pick<Runtime, 'status' | 'counts'>

/** A store that takes longer than this has not answered; milliseconds. */
const STORE_PATIENCE = 2000
/** An answer of the store is good for so long, so that nobody makes work for it; milliseconds. */
const FRESH = 1000

/** Whether the runtime can take work. */
export class Readiness {
  readonly #runtime: Watched
  readonly #clock: Clock
  #isStopping = false
  #store: { readonly at: number; readonly answer: Promise<ReadinessReason | undefined> } | undefined

  constructor(runtime: Watched, clock: Clock = systemClock) {
    this.#runtime = runtime
    this.#clock = clock
  }

  /** From here on it is not ready, so that whoever sends work sends it elsewhere. */
  stopping(): void {
    this.#isStopping = true
  }

  /** Nothing: it is ready. */
  async reasons(): Promise<readonly ReadinessReason[]> {
    const { status } = this.#runtime
    const reasons: ReadinessReason[] = []
    if (this.#isStopping) reasons.push({ code: 'stopping', message: 'the server is stopping' })
    if (status !== 'running') {
      // Then the store may be closed, which says nothing more.
      return [...reasons, { code: 'runtime', message: `the runtime is ${status}` }]
    }
    const store = await this.#askStore()
    return store === undefined ? reasons : [...reasons, store]
  }

  #askStore(): Promise<ReadinessReason | undefined> {
    const at = this.#clock.now()
    if (this.#store === undefined || at - this.#store.at >= FRESH) {
      this.#store = { at, answer: this.#ask() }
    }
    return this.#store.answer
  }

  #ask(): Promise<ReadinessReason | undefined> {
    return new Promise((resolve) => {
      const late = this.#clock.setTimer(this.#clock.now() + STORE_PATIENCE, () =>
        resolve({ code: 'store', message: `the store has not answered for ${STORE_PATIENCE} ms` }),
      )
      const answered = (reason?: ReadinessReason) => {
        late()
        resolve(reason)
      }
      this.#runtime.counts().then(
        () => answered(),
        () => answered({ code: 'store', message: 'the store cannot be read' }),
      )
    })
  }
}

/** `/healthz`: the process lives. `/readyz`: it can take work; otherwise 503 with the reasons. */
export function mountHealth(app: Pick<Hono, 'get'>, readiness: Readiness): void {
  app.get('/healthz', (context) => context.json({ status: 'ok' }))
  app.get('/readyz', async (context) => answerReady(context, await readiness.reasons()))
}

function answerReady(context: Context, reasons: readonly ReadinessReason[]): Response {
  if (reasons.length === 0) return context.json({ status: 'ready', reasons })
  return context.json({ status: 'not-ready', reasons }, 503, { 'retry-after': '1' })
}
