import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Benchmark, Contender, Form, Group } from './benchmark.ts'
import type { RunReply, RunRequest } from './contender.ts'
import type { Outcome } from './outcome.ts'
import { Results } from './results.ts'
import type { Services } from './services/services.ts'

export interface Source {
  /** URL of the module that exports the benchmark. */
  readonly file: string
  readonly benchmark: Benchmark
}

export interface HarnessOptions {
  readonly form: Form
  /** Runs after the warm-up. */
  readonly runs: number
  readonly services: Services
  readonly progress: (line: string) => void
}

/** Runs every group of a benchmark. Rejects when a contender failed or two answers differ. */
export async function measure(source: Source, options: HarnessOptions): Promise<Results> {
  const results = new Results()
  for (const declared of source.benchmark.groups(options.form)) {
    const group = await withoutMissing(declared, results, options)
    options.progress(`${source.benchmark.id} ${group.name}`)
    const outcomes = await measureGroup(source, group, options)
    for (const [index, { name }] of group.contenders.entries()) {
      results.add(
        group.name,
        name,
        outcomes.flatMap((round) => round[index] ?? []),
      )
    }
  }
  return results
}

/** The group without those whose service cannot be started. */
async function withoutMissing(
  group: Group,
  results: Results,
  { services, progress }: HarnessOptions,
): Promise<Group> {
  const contenders: Contender[] = []
  for (const contender of group.contenders) {
    const reason = await missingFor(contender, services)
    if (reason === undefined) {
      contenders.push(contender)
      continue
    }
    results.skip(contender.name, reason)
    progress(`skipped: ${contender.name}: ${reason}`)
  }
  return { ...group, contenders }
}

/** Why it cannot be measured; undefined when it can. */
async function missingFor({ needs = [] }: Contender, services: Services) {
  for (const name of needs) {
    const attempt = await services.require(name)
    if ('refusal' in attempt) return `${name} could not be started: ${attempt.refusal}`
  }
  return undefined
}

/** The counted rounds, each with the outcomes in the order of the contenders. */
async function measureGroup(
  { file }: Source,
  group: Group,
  { form, runs, services }: HarnessOptions,
): Promise<readonly (readonly Outcome[])[]> {
  const variables = services.variables()
  const processes = group.contenders.map(({ name }) =>
    start([file, form, group.name, name], variables),
  )
  try {
    const rounds: Outcome[][] = []
    for (let round = 0; round <= runs; round += 1) {
      const outcomes: Outcome[] = []
      for (const child of processes) outcomes.push(await ask(child, round))
      requireOneAnswer(group, round, outcomes)
      if (round > 0) rounds.push(outcomes)
    }
    return rounds
  } finally {
    await Promise.all(processes.map(end))
  }
}

function start(
  contender: readonly string[],
  variables: Readonly<Record<string, string>>,
): ChildProcess {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  return fork(new URL('./contender.ts', import.meta.url), contender, {
    // Flags of this process or of the shell could select XState's development build.
    execArgv: ['--expose-gc'],
    env: { ...inherited, ...variables, NODE_ENV: 'production' },
  })
}

async function ask(child: ChildProcess, round: number): Promise<Outcome> {
  if (!child.connected) throw new Error(`a contender's process ended before round ${round}`)
  const waiting = new AbortController()
  const { signal } = waiting
  try {
    child.send({ round } satisfies RunRequest)
    const reply = await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as RunReply),
      once(child, 'exit', { signal }).then(([code]): RunReply => {
        return { error: `the process ended with ${code} in round ${round}` }
      }),
    ])
    if ('error' in reply) throw new Error(reply.error)
    return reply.outcome
  } finally {
    waiting.abort()
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.disconnect()
  await exit
}

function requireOneAnswer(group: Group, round: number, outcomes: readonly Outcome[]): void {
  const answers = new Set(outcomes.flatMap(({ answer }) => answer ?? []))
  if (answers.size <= 1) return
  const given = outcomes.map(({ answer }, at) => `${group.contenders[at]?.name}: ${answer}`)
  throw new Error(`${group.name}, round ${round}: different answers\n${given.join('\n')}`)
}
