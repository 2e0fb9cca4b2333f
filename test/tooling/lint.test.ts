import { beforeAll, expect, test } from 'vitest'
import { lintTree } from './lint-tree.ts'

interface Case {
  rule: string
  /** Files that break the rule, and that rule only. */
  breaks: Record<string, string>
  /** Files that break nothing: the nearest thing that is allowed. */
  keeps?: Record<string, string>
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => `export const n${i} = ${i}\n`).join('')

const longFunction = (body: number) =>
  `export function long(): void {\n${'  long()\n'.repeat(body)}}\n`

const cases: Case[] = [
  {
    rule: 'noImportCycles',
    breaks: {
      'src/core/ring-a.ts': "import type { B } from './ring-b.ts'\n\nexport type A = B | 1\n",
      'src/core/ring-b.ts': "import type { A } from './ring-a.ts'\n\nexport type B = A | 2\n",
    },
  },
  {
    rule: 'noUndeclaredDependencies',
    breaks: {
      'src/cli/unknown.ts': "import { pad } from 'left-pad'\n\nexport const padded = pad\n",
      'src/cli/tool.ts': "import { check } from 'fast-check'\n\nexport const checked = check\n",
    },
    keeps: {
      'test/unit/tool.test.ts': "import { check } from 'fast-check'\n\nexport const c = check\n",
    },
  },
  {
    rule: 'useImportExtensions',
    breaks: {
      'src/core/bare.ts': "import type { Saver } from './saver'\n\nexport type S = Saver\n",
    },
  },
  {
    rule: 'noExcessiveLinesPerFile',
    breaks: { 'src/core/lines-301.ts': numbered(301), 'test/unit/lines.test.ts': numbered(301) },
    keeps: { 'src/core/lines-300.ts': numbered(300) },
  },
  {
    rule: 'noExcessiveLinesPerFunction',
    breaks: { 'src/core/body-of-41.ts': longFunction(41) },
    keeps: {
      'src/core/body-of-40.ts': longFunction(40),
      'test/unit/long.test.ts': longFunction(90),
    },
  },
  {
    rule: 'noFloatingPromises',
    breaks: {
      'src/core/floating.ts':
        'async function save(): Promise<void> {}\n\nexport function run(): void {\n  save()\n}\n',
      'src/core/floating-import.ts':
        "import { save } from './saver.ts'\n\nexport function run(): void {\n  save()\n}\n",
      'src/core/floating-method.ts':
        "import type { Saver } from './saver.ts'\n\nexport function run(it: Saver): void {\n  it.save()\n}\n",
    },
    keeps: {
      'src/core/saver.ts':
        'export interface Saver {\n  save(): Promise<void>\n}\n\nexport async function save(): Promise<void> {}\n',
      'src/core/awaited.ts':
        "import { save } from './saver.ts'\n\nexport async function run(): Promise<void> {\n  await save()\n}\n",
    },
  },
  {
    rule: 'noMisusedPromises',
    breaks: {
      'src/core/always-true.ts':
        "import { save } from './saver.ts'\n\nexport function run(): number {\n  if (save()) return 1\n  return 2\n}\n",
    },
  },
  {
    rule: 'noRestrictedGlobals',
    breaks: {
      'src/runtime/impatient.ts': 'export const wait = () => setTimeout(() => {}, 10)\n',
      'machines/impatient.ts': 'export const wait = () => setInterval(() => {}, 10)\n',
    },
    keeps: { 'src/runtime/clock.ts': 'export const wait = () => setTimeout(() => {}, 10)\n' },
  },
  {
    rule: 'noExcessiveCognitiveComplexity',
    breaks: {
      'src/core/tangled.ts': `export function tangled(n: number): number {\n${'  if (n > 1) while (n > 3) for (;;) if (n > 4) return n\n'.repeat(2)}  return 0\n}\n`,
    },
  },
  {
    rule: 'noDefaultExport',
    breaks: { 'src/core/default.ts': 'export default 1\n' },
    keeps: { 'vitest.config.ts': 'export default {}\n' },
  },
  {
    rule: 'noBarrelFile',
    breaks: { 'src/core/barrel.ts': "export { save } from './saver.ts'\n" },
    keeps: { 'src/index.ts': "export { save } from './core/saver.ts'\n" },
  },
  { rule: 'noEnum', breaks: { 'src/core/enum.ts': 'export enum Colour {\n  Red = 1,\n}\n' } },
  {
    rule: 'noNamespace',
    breaks: { 'src/core/namespace.ts': 'export namespace Room {\n  export const a = 1\n}\n' },
  },
  {
    rule: 'noParameterProperties',
    breaks: {
      'src/core/box.ts':
        'export class Box {\n  constructor(readonly size: number) {\n    this.size = size\n  }\n}\n',
    },
  },
  {
    rule: 'noNonNullAssertion',
    breaks: { 'src/core/first.ts': 'export const first = (list: number[]) => list[0]!\n' },
  },
  { rule: 'noExplicitAny', breaks: { 'src/core/any.ts': 'export type Anything = any\n' } },
  {
    rule: 'noConsole',
    breaks: { 'src/runtime/console.ts': "console.log('here')\n" },
    keeps: { 'src/cli/console.ts': "console.log('here')\n" },
  },
  { rule: 'useThrowOnlyError', breaks: { 'src/core/throw.ts': "throw 'no'\n" } },
  { rule: 'useFilenamingConvention', breaks: { 'src/core/BigName.ts': 'export const big = 1\n' } },
  { rule: 'noFocusedTests', breaks: { 'test/unit/only.test.ts': "test.only('one', () => {})\n" } },
  { rule: 'noSkippedTests', breaks: { 'test/unit/skip.test.ts': "test.skip('one', () => {})\n" } },
]

let broken: Map<string, string[]>

beforeAll(() => {
  broken = lintTree(Object.assign({}, ...cases.flatMap(({ breaks, keeps }) => [breaks, keeps])))
})

test.each(cases)(
  '$rule stops the check, and stops nothing else',
  ({ rule, breaks, keeps = {} }) => {
    for (const path of Object.keys(breaks)) expect([path, broken.get(path)]).toEqual([path, [rule]])
    for (const path of Object.keys(keeps))
      expect([path, broken.get(path)]).toEqual([path, undefined])
  },
)
