import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Sight } from '../backlog/probe.ts'
import type { Benchmark, Contender, Form, Table } from '../benchmark.ts'
import type { Measured, Results } from '../results.ts'
import { formatSpread } from '../spread.ts'
import type { Target } from '../target.ts'

const GROUP = 'backlog'
const SIZES = {
  full: [1000, 100_000, 1_000_000],
  quick: [1000, 30_000],
} as const satisfies Record<Form, readonly number[]>
const MEBIBYTE = 2 ** 20

export const benchmark: Benchmark = {
  id: 'B5',
  title: 'the weight of a backlog',
  groups: (form) => [{ name: GROUP, contenders: SIZES[form].map(backlogOf) }],
  report: (results, form) => ({
    method: [
      'Pending tasklets in one SQLite file, of one task and one priority. Every run takes a fresh copy of the file and a fresh process, in which the code has run once on an empty file. **Start** is from opening to `start()` resolved, with `durability: full`; **busy** until the first 50 handlers run (they hold on, and are given back at the stop). **Claim** is what one claim of 50 costs a tasklet, the median of 10 claims by a store that does not wait for the disk (`durability: relaxed`). **Memory** is how much resident memory of the process grew from before it opened the file until after the claims.',
    ],
    table: toTable(results, form),
    targets: toTargets(results, form),
  }),
}

function backlogOf(size: number): Contender {
  let folder: string | undefined
  return {
    name: String(size),
    async run() {
      folder ??= await createFolder(size)
      const [empty, file] = [join(folder, 'empty.db'), join(folder, 'copy.db')]
      copyFileSync(join(folder, 'backlog.db'), file)
      const { start, busy, claim, growth } = JSON.parse(
        await runScript('probe', empty, file),
      ) as Sight
      for (const each of [empty, file]) removeDatabase(each)
      return { figures: { start, busy, claim, mebibytes: growth / MEBIBYTE } }
    },
  }
}

/** A folder with a database of that many pending tasklets; it goes with this process. */
async function createFolder(size: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  await runScript('fill', join(folder, 'backlog.db'), String(size))
  return folder
}

async function runScript(name: string, ...args: readonly string[]): Promise<string> {
  const script = fileURLToPath(new URL(`../backlog/${name}.ts`, import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, ...args])
  return stdout
}

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
}

function toTable(results: Results, form: Form): Table {
  const cell = (size: number, figure: string) =>
    formatSpread(results.spread(GROUP, String(size), figure))
  return {
    columns: ['backlog', 'claim, µs a tasklet', 'start, ms', 'busy, ms', 'memory, MiB'],
    rows: SIZES[form].map((size) => [
      String(size),
      cell(size, 'claim'),
      cell(size, 'start'),
      cell(size, 'busy'),
      cell(size, 'mebibytes'),
    ]),
  }
}

function toTargets(results: Results, form: Form): readonly Target[] {
  const [small, ...larger] = SIZES[form]
  return larger.flatMap((large) => toTargetsOf(results, small, large))
}

function toTargetsOf(results: Results, small: number, large: number): readonly Target[] {
  const of = (size: number, figure: string): Measured => [GROUP, String(size), figure]
  const ratio = (figure: string) => results.ratio(of(large, figure), of(small, figure))
  const bound = 'at most'
  return [
    { name: `claim, ${large} ÷ ${small}`, bound, limit: 1.5, unit: '×', measured: ratio('claim') },
    {
      name: `memory, ${large} − ${small}`,
      bound,
      limit: 64,
      unit: 'MiB',
      measured: results.difference(of(large, 'mebibytes'), of(small, 'mebibytes')),
    },
    { name: `start, ${large} ÷ ${small}`, bound, limit: 2, unit: '×', measured: ratio('start') },
  ]
}
