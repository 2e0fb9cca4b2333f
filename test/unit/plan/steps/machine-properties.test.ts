import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Performance, StepStatus } from '../../../../src/plan/steps/program.ts'
import { compileProgram, startProgram, turns } from './programs.ts'

/** A step and how its performances will go: one entry for each attempt, the last for all others. */
interface Sketch {
  readonly kind: 'run' | 'steps' | 'parallel' | 'each'
  readonly fails: readonly boolean[]
  readonly attempts: number
  readonly if: 'none' | 'always' | 'failed' | 'never'
  readonly onError: 'fail' | 'continue' | readonly Sketch[]
  readonly inside: readonly Sketch[]
}

const { sketches } = fc.letrec<{ sketch: Sketch; sketches: readonly Sketch[] }>((tie) => ({
  sketches: fc.array(tie('sketch'), { minLength: 1, maxLength: 4, depthIdentifier: 'steps' }),
  sketch: fc.record<Sketch>({
    kind: fc.oneof(
      { depthIdentifier: 'steps', depthSize: 'small' },
      fc.constant('run' as const),
      fc.constantFrom('steps' as const, 'parallel' as const, 'each' as const),
    ),
    fails: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
    attempts: fc.integer({ min: 1, max: 3 }),
    if: fc.constantFrom('none', 'none', 'none', 'always', 'failed', 'never'),
    onError: fc.oneof(
      { depthIdentifier: 'steps', depthSize: 'small' },
      fc.constantFrom('fail' as const, 'fail' as const, 'continue' as const),
      tie('sketches'),
    ),
    inside: fc.oneof(
      { depthIdentifier: 'steps', depthSize: 'small' },
      fc.constant([]),
      tie('sketches'),
    ),
  }),
}))

const CONDITIONS = {
  none: undefined,
  always: '${{ always() }}',
  failed: '${{ failed() }}',
  never: '${{ 1 > 2 }}',
}

type Plain = Record<string, unknown>

/** The sketch as it is written in a plan, and how its performances will go, by key. */
function write(sketches: readonly Sketch[], failFast: boolean) {
  const outcomes = new Map<string, readonly boolean[]>()
  const named = new Map<Sketch, string>()
  const step = (sketch: Sketch): Plain => {
    const id = `s${named.size}`
    named.set(sketch, id)
    const { onError } = sketch
    const common = {
      id,
      ...(sketch.if !== 'none' && { if: CONDITIONS[sketch.if] }),
    }
    const work = workOf(sketch, id)
    const handled = typeof onError === 'string' ? onError : onError.map(step)
    return { ...common, ...work, onError: handled }
  }
  const workOf = (sketch: Sketch, id: string): Plain => {
    const kind = kindOf(sketch)
    if (kind === 'steps') return { steps: sketch.inside.map(step) }
    if (kind === 'parallel') return { parallel: sketch.inside.map(step), failFast }
    outcomes.set(id, sketch.fails)
    const retry = { attempts: sketch.attempts }
    if (kind === 'run') return { run: 'work', retry }
    return { each: [0, 1, 2], parallel: 2, failFast, run: 'work', retry }
  }
  return { steps: sketches.map(step), outcomes, named }
}

function kindOf({ kind, inside }: Sketch): Sketch['kind'] {
  return inside.length === 0 && (kind === 'steps' || kind === 'parallel') ? 'run' : kind
}

/** What the steps come to by the rules of the format, told again in the plainest words. */
function interpret(all: readonly Sketch[], named: ReadonlyMap<Sketch, string>) {
  const statuses: Record<string, StepStatus> = {}
  const set = (sketch: Sketch, status: StepStatus) => {
    statuses[named.get(sketch) ?? ''] = status
  }
  const skip = (sketch: Sketch): void => {
    set(sketch, 'skipped')
    if (kindOf(sketch) === 'steps' || kindOf(sketch) === 'parallel') sketch.inside.forEach(skip)
    if (typeof sketch.onError !== 'string') sketch.onError.forEach(skip)
  }
  const wanted = (sketch: Sketch, stopped: boolean, failed: boolean): boolean => {
    if (sketch.if === 'always') return true
    if (sketch.if === 'failed') return failed
    return !stopped && sketch.if === 'none'
  }
  const list = (sketches: readonly Sketch[], around: boolean): boolean => {
    let stopped = false
    for (const each of sketches) if (!one(each, stopped, around || stopped)) stopped = true
    return !stopped
  }
  const succeeds = (sketch: Sketch, index: number): boolean => {
    const went = Array.from({ length: sketch.attempts }, (_, attempt) =>
      outcomeAt(sketch.fails, attempt + index),
    )
    return went.includes(false)
  }
  const work = (sketch: Sketch, failed: boolean): boolean => {
    switch (kindOf(sketch)) {
      case 'run':
        return succeeds(sketch, 0)
      case 'each':
        return [0, 1, 2].every((index) => succeeds(sketch, index))
      case 'steps':
        return list(sketch.inside, failed)
      case 'parallel':
        return sketch.inside.map((each) => one(each, false, failed)).every(Boolean)
    }
  }
  /** Whether the list may go on as if nothing had happened. */
  const one = (sketch: Sketch, stopped: boolean, failed: boolean): boolean => {
    if (!wanted(sketch, stopped, failed)) {
      skip(sketch)
      return true
    }
    const { onError } = sketch
    if (work(sketch, failed)) {
      set(sketch, 'completed')
      if (typeof onError !== 'string') onError.forEach(skip)
      return true
    }
    set(sketch, 'failed')
    return typeof onError === 'string' ? onError === 'continue' : list(onError, true)
  }
  return { completes: list(all, false), statuses }
}

function outcomeAt(fails: readonly boolean[], attempt: number): boolean {
  return fails[Math.min(attempt, fails.length - 1)] ?? false
}

/** Fails as it is told to; an item is one attempt further than the one before it. */
function performing(outcomes: ReadonlyMap<string, readonly boolean[]>, delay: number) {
  return async ({ key, attempt }: Performance, signal: AbortSignal) => {
    const [, id = '', index = '0'] = /^(\w+)(?:\[(\d+)\])?$/.exec(key) ?? []
    await turns((key.length * 7 + attempt * delay) % 5)
    if (signal.aborted) throw signal.reason
    if (outcomeAt(outcomes.get(id) ?? [], attempt - 1 + Number(index))) throw new Error(key)
    return key
  }
}

describe('Any list of steps', () => {
  it('comes to what the rules say, when nothing is cancelled', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fc.nat(5), async (all, delay) => {
        const { steps, outcomes, named } = write(all, false)
        const expected = interpret(all, named)
        const run = startProgram(compileProgram(steps), performing(outcomes, delay))
        const { output, steps: results } = await run.ended()
        expect(output.status).toBe(expected.completes ? 'completed' : 'failed')
        const statuses = Object.entries(results).map(([id, { status }]) => [id, status])
        expect(Object.fromEntries(statuses)).toEqual(expected.statuses)
      }),
      { numRuns: 150 },
    )
  })

  it('ends with nothing left at work when failures cancel what is beside them', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fc.nat(5), async (all, delay) => {
        const { steps, outcomes } = write(all, true)
        const work = performing(outcomes, delay)
        let atWork = 0
        const run = startProgram(compileProgram(steps), async (performance, signal) => {
          atWork++
          try {
            return await work(performance, signal)
          } finally {
            atWork--
          }
        })
        const { output, steps: results } = await run.ended()
        expect(atWork).toBe(0)
        const failed = Object.values(results).some(({ status }) => status === 'failed')
        if (output.status === 'failed') expect(failed).toBe(true)
        for (const { status } of Object.values(results)) {
          if (status === 'cancelled') expect(failed).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })
})
