import type { WorldState } from '../plan/model.ts'
import type { Clock } from '../ports/clock.ts'

/** What the check of one state said. */
export interface Evidence {
  /** Path of the state. */
  readonly state: string
  readonly answer: boolean | 'unknown' | 'timeout' | 'error'
  /** Milliseconds. */
  readonly duration: number
  /** What was thrown, for the answer `error`. */
  readonly error?: unknown
}

export interface AskOptions {
  /** Runs the check of a state; the signal is aborted at the state's timeout. */
  readonly run: (state: WorldState, signal: AbortSignal) => Promise<unknown>
  readonly clock: Clock
  /** Ends the asking: all checks are aborted, and the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs the checks of the given states and waits for every answer, so that nothing depends on which
 * came first: serial ones alone, one after another in the given order, then the others together.
 * Evidence stands in the given order. Rejects only when `signal` aborts.
 */
export async function askAll(
  states: readonly WorldState[],
  options: AskOptions,
): Promise<readonly Evidence[]> {
  const evidence = new Map<WorldState, Evidence>()
  for (const state of states.filter(({ serial }) => serial)) {
    evidence.set(state, await ask(state, options))
  }
  const others = states.filter(({ serial }) => !serial)
  await Promise.all(others.map(async (state) => evidence.set(state, await ask(state, options))))
  return states.flatMap((state) => evidence.get(state) ?? [])
}

/** A check that goes on after its time is not waited for; what it says then is not heard. */
function ask(state: WorldState, { run, clock, signal }: AskOptions): Promise<Evidence> {
  const started = clock.now()
  const controller = new AbortController()

  return new Promise((resolve, reject) => {
    const settle = (answer: Evidence['answer'], error?: unknown) => {
      leave()
      const duration = clock.now() - started
      const evidence = { state: state.path, answer, duration }
      resolve(answer === 'error' ? { ...evidence, error } : evidence)
    }
    const expire = () => {
      settle('timeout')
      controller.abort(new DOMException(`no answer within ${state.timeout} ms`, 'TimeoutError'))
    }
    const stop = () => {
      leave()
      reject(signal?.reason)
      controller.abort(signal?.reason)
    }
    const leave = () => {
      cancelTimer()
      signal?.removeEventListener('abort', stop)
    }

    const cancelTimer = clock.setTimer(started + state.timeout, expire)
    if (signal?.aborted) return stop()
    signal?.addEventListener('abort', stop)
    runSafely(run, state, controller.signal).then(
      (answer) => settle(answer),
      (error: unknown) => settle('error', error),
    )
  })
}

async function runSafely(
  run: AskOptions['run'],
  state: WorldState,
  signal: AbortSignal,
): Promise<boolean | 'unknown'> {
  const answer = await run(state, signal)
  if (typeof answer === 'boolean' || answer === 'unknown') return answer
  throw new TypeError(
    `the check of "${state.path}" answered ${describe(answer)} instead of true, false or 'unknown'`,
  )
}

function describe(answer: unknown): string {
  if (typeof answer === 'string') return `'${answer}'`
  return answer === null || answer === undefined
    ? String(answer)
    : `a value of type ${typeof answer}`
}
