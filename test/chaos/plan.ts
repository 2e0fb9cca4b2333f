import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { definePlan } from '../../src/plan/define.ts'
import type { TaskContext } from '../../src/plan/handler.ts'
import type { Witness } from './witness.ts'
import { CAPACITIES, type Kind, MAX_ATTEMPTS, NEEDS, outputOf, REQUIRES } from './work.ts'
import { FILES } from './worker-settings.ts'

export interface PlanOptions {
  /** Where the world is a file, and where a `blocker` finds its orders. */
  readonly folder: string
  readonly witness: Witness
  /** Told of each start of a handler: `run`, or `plan` when it moves the world. */
  readonly begin: (phase: 'run' | 'plan') => void
}

interface Work {
  readonly n: number
}

/** Work of every kind that leaves a witness before and after its effect. */
export function chaosPlan(options: PlanOptions) {
  const { folder } = options
  const task = (kind: Kind, run: (context: TaskContext) => Promise<number>) => ({
    ...(REQUIRES[kind] !== undefined && { requires: REQUIRES[kind] }),
    resources: { ...NEEDS[kind] },
    retry: { attempts: MAX_ATTEMPTS, backoff: { type: 'fixed' as const, delay: 20 } },
    run: (context: TaskContext) => testify(options, kind, context, run),
  })
  const move = (kind: 'heat' | 'cool', state: string) => (context: TaskContext) =>
    testify(options, kind, context, async () => {
      moveWorld(folder, state)
      return 0
    })
  return definePlan({
    name: 'chaos',
    resources: CAPACITIES,
    machine: {
      id: 'chaos',
      initial: 'cold',
      states: {
        cold: {
          meta: { check: 'isCold' },
          on: { HEAT: { target: 'hot', meta: { task: 'heat' } } },
        },
        hot: { meta: { check: 'isHot' }, on: { COOL: { target: 'cold', meta: { task: 'cool' } } } },
      },
    },
    checks: {
      isCold: () => readWorld(folder) === 'cold',
      isHot: () => readWorld(folder) === 'hot',
    },
    tasks: {
      heat: move('heat', 'hot'),
      cool: move('cool', 'cold'),
      plain: task('plain', work),
      door: task('door', work),
      heavy: task('heavy', work),
      hot: task('hot', work),
      cold: task('cold', work),
      flaky: task('flaky', failOnce),
      broken: task('broken', fail),
      poison: task('poison', die),
      blocker: task('blocker', (context) => block(context, folder)),
    },
  })
}

function readWorld(folder: string): string {
  const file = join(folder, 'world')
  return existsSync(file) ? readFileSync(file, 'utf8') : 'cold'
}

/** Wholly or not at all: a kill must not leave a world that is in no state. */
function moveWorld(folder: string, state: string): void {
  const next = join(folder, `world.next.${process.pid}`)
  writeFileSync(next, state)
  renameSync(next, join(folder, 'world'))
}

async function testify(
  { folder, witness, begin }: PlanOptions,
  kind: Kind,
  context: TaskContext,
  run: (context: TaskContext) => Promise<number>,
): Promise<number> {
  const who = { id: context.taskletId, kind, pid: process.pid }
  witness.write({ what: 'start', ...who, world: readWorld(folder) })
  begin(kind === 'heat' || kind === 'cool' ? 'plan' : 'run')
  try {
    const output = await run(context)
    witness.write({ what: 'end', ...who, world: readWorld(folder), output })
    return output
  } catch (error) {
    witness.write({ what: 'threw', ...who })
    throw error
  }
}

async function work({ input }: TaskContext): Promise<number> {
  const { n } = input as Work
  await pause(n % 4)
  return outputOf(n)
}

async function failOnce(context: TaskContext): Promise<number> {
  if (context.attempt === 1) throw new Error('the first attempt fails')
  return work(context)
}

async function fail(): Promise<number> {
  throw new Error('every attempt fails')
}

async function die(): Promise<number> {
  process.kill(process.pid, 'SIGKILL')
  return 0
}

/**
 * The first one holds up the whole event loop, so that no lease is renewed, until it is released;
 * whoever takes over waits, with its event loop free, until it is told to finish.
 */
async function block(context: TaskContext, folder: string): Promise<number> {
  const at = (name: string) => join(folder, name)
  if (existsSync(at(FILES.blocked))) {
    while (!existsSync(at(FILES.finish))) await pause(10)
    return work(context)
  }
  writeFileSync(at(FILES.blocked), '')
  const nobody = new Int32Array(new SharedArrayBuffer(4))
  while (!existsSync(at(FILES.released))) Atomics.wait(nobody, 0, 0, 10)
  return work(context)
}
