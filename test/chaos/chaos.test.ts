import { describe, expect, test } from 'vitest'
import type { Tasklet } from '../../src/core/tasklet.ts'
import { newTasklet } from '../../src/testing/store-contract/records.ts'
import { isViolated } from './fault.ts'
import { inflictAll, SHORT_FAULTS } from './harness.ts'
import { checkInvariants } from './invariants.ts'
import { toTable } from './report.ts'
import type { WitnessLine } from './witness.ts'
import { CONCURRENCY, type Kind, outputOf } from './work.ts'

const SEED = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 1e9))

describe.each(SHORT_FAULTS)('under fault %s, in its short form', (only, missing) => {
  const sentence = 'every invariant holds'
  // In CI a server that is not installed is a failure, and the finding says which one it is.
  const isSkipped = missing.length > 0 && !process.env['CI']
  const named = missing.map((server) => ` [service: ${server}]`).join('')
  test.skipIf(isSkipped)(`${sentence}${named}`, () => inflictShort(only))
})

async function inflictShort(only: string): Promise<void> {
  const heard: string[] = []
  const progress = (line: string) => void heard.push(line)
  const findings = await inflictAll({ form: 'short', seed: SEED, only, progress })
  expect(findings).toHaveLength(1)
  const repeat = `npm run chaos -- --short --only ${only} --seed ${SEED}`
  expect(findings[0]?.violated, `${toTable(findings)}\nto repeat it: ${repeat}`).toBe(false)
}

const done = record(0, 'plain')

test('a sound run violates nothing', () => {
  expect(violations([done], run(0, 'plain'))).toEqual([])
})

test.each<readonly [string, readonly Tasklet[], readonly WitnessLine[]]>([
  ['acknowledged and lost', [], [{ what: 'acknowledged', n: 0, id: 'id-0' }]],
  ['stored twice', [done, { ...done, id: 'id-again' }], run(0, 'plain')],
  ['settled twice', [done], [...run(0, 'plain'), settled(0)]],
  ['stuck', [{ ...done, status: 'running' }], run(0, 'plain')],
  ['attempts above the maximum', [{ ...done, attempts: 4, deliveries: 5 }], run(0, 'plain')],
  ['redelivered without having run', [{ ...done, deliveries: 2 }], run(0, 'plain')],
  ['ran without a lease of their own', [done], [start(0, 'plain'), ...run(0, 'plain')]],
  ['run again without having died', [done], [start(0, 'plain'), ...run(0, 'plain')]],
  ['started before its dependency', [record(4, 'plain'), record(2, 'plain')], run(4, 'plain')],
  ['concurrency exceeded', [], times(CONCURRENCY + 1, (n) => start(n, 'plain'))],
  ['resources exceeded', [], [start(0, 'door'), start(1, 'door')]],
  ['ran in a wrong state of the world', [], [start(0, 'hot')]],
  ['ran in a wrong state of the world', [], [start(0, 'cold'), start(1, 'heat')]],
  ['effects that differ from the records', [{ ...done, output: 7 }], run(0, 'plain')],
  ['effects that differ from the records', [done], [start(0, 'plain'), settled(0)]],
])('the checker sees: %s', (name, records, witness) => {
  expect(violations(records, witness)).toContain(name)
})

test('a handler that died with its process holds nothing any more', () => {
  const dead: WitnessLine = { what: 'dead', pid: 1, running: [{ id: 'id-0', delivery: 1 }] }
  const witness = [start(0, 'door'), dead, ...run(0, 'door')]
  expect(violations([{ ...record(0, 'door'), deliveries: 2 }], witness)).toEqual([])
})

function violations(records: readonly Tasklet[], witness: readonly WitnessLine[]): string[] {
  return checkInvariants(records, witness)
    .filter(isViolated)
    .map(({ name }) => name)
}

function record(n: number, task: Kind): Tasklet {
  const output = outputOf(n)
  return newTasklet({
    id: `id-${n}`,
    task,
    status: 'completed',
    input: { n },
    output,
    deliveries: 1,
  })
}

function start(n: number, kind: Kind): WitnessLine {
  return { what: 'start', id: `id-${n}`, kind, pid: 1, world: 'cold' }
}

function settled(n: number): WitnessLine {
  return { what: 'settled', id: `id-${n}`, status: 'completed', pid: 1 }
}

function run(n: number, kind: Kind): readonly WitnessLine[] {
  const end = { what: 'end', id: `id-${n}`, kind, pid: 1, world: 'cold' } as const
  return [
    { what: 'acknowledged', n, id: `id-${n}` },
    start(n, kind),
    { ...end, output: outputOf(n) },
    settled(n),
  ]
}

function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n))
}
