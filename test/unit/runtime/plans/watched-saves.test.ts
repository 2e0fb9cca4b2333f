import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../../src/runtime/clock.ts'
import type { Runtime } from '../../../../src/runtime/runtime.ts'
import { startFolders, temporaryFolder, writePlan } from '../../../support/plan-folders.ts'

const PATIENCE = { timeout: 9_000, interval: 10 }

const plan = (more: string) => `setpoint: 1
name: shop
actions: ./actions.js
tasks:
  quick: { run: quick }
${more}
`
const machine = (state: string) =>
  JSON.stringify({ initial: state, states: { [state]: { meta: { check: 'isThere' } } } })
const actions = (version: string) => `import { LIB } from './lib/text.js'
export const quick = () => ['${version}', LIB].join(' ')
export const isThere = () => true
`
const lib = (version: string) => `export const LIB = 'lib ${version}'\n`

const FILES = {
  'plan.yaml': plan(''),
  'machine.json': machine('open'),
  'actions.js': actions('one'),
  'lib/text.js': lib('one'),
  'tasks/night/extra.yaml': 'title: one\nrun: quick\n',
}

interface Subject {
  readonly file: keyof typeof FILES
  readonly texts: readonly [one: string, two: string]
  /** What there is to be seen of it. */
  see(runtime: Runtime): unknown
  readonly seen: readonly [one: unknown, two: unknown]
  /** What is seen when the file is gone, or what is told then. */
  readonly gone: { readonly seen: unknown } | { readonly told: string }
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  'the plan file': {
    file: 'plan.yaml',
    texts: [plan('description: one'), plan('description: two')],
    see: (runtime) => runtime.plans[0]?.description,
    seen: ['one', 'two'],
    gone: { told: 'plan.missing' },
  },
  'a schedule': {
    file: 'plan.yaml',
    texts: [
      plan('schedules: { one: { task: quick, every: 1h } }'),
      plan('schedules: { two: { task: quick, every: 1h } }'),
    ],
    see: (runtime) => runtime.schedules.list().map(({ id }) => id),
    seen: [['shop/one'], ['shop/two']],
    gone: { told: 'plan.missing' },
  },
  'an interrupt': {
    file: 'plan.yaml',
    texts: [
      plan('interrupts: { one: { on: alarm, run: quick } }'),
      plan('interrupts: { two: { on: alarm, run: quick } }'),
    ],
    see: (runtime) => runtime.interrupts.list().map(({ name }) => name),
    seen: [['shop/one'], ['shop/two']],
    gone: { told: 'plan.missing' },
  },
  'the machine': {
    file: 'machine.json',
    texts: [machine('open'), machine('shut')],
    see: (runtime) => [...(runtime.plans[0]?.world?.states.keys() ?? [])],
    seen: [['open'], ['shut']],
    gone: { seen: [] },
  },
  'a task': {
    file: 'tasks/night/extra.yaml',
    texts: ['title: one\nrun: quick\n', 'title: two\nrun: quick\n'],
    see: (runtime) => runtime.plans[0]?.tasks.get('night/extra')?.title,
    seen: ['one', 'two'],
    gone: { seen: undefined },
  },
  'an action module': {
    file: 'actions.js',
    texts: [actions('one'), actions('two')],
    see: (runtime) => runtime.call('shop/quick'),
    seen: ['one lib one', 'two lib one'],
    gone: { told: 'plan.rejected' },
  },
  'a module that it imports': {
    file: 'lib/text.js',
    texts: [lib('one'), lib('two')],
    see: (runtime) => runtime.call('shop/quick'),
    seen: ['one lib one', 'one lib two'],
    gone: { told: 'plan.rejected' },
  },
}

const inPlace = (path: string, text: string) => writeFile(path, text)
const byRename = async (path: string, text: string) =>
  writePlan(dirname(path), { [path.slice(dirname(path).length + 1)]: text })

describe('A runtime that watches its folders', () => {
  it.each(Object.entries(SUBJECTS))(
    'takes up %s when it is saved, replaced, deleted and made again',
    async (_, subject) => {
      const { file, texts, see, seen, gone } = subject
      const folder = temporaryFolder()
      const path = join(folder, file)
      await writePlan(folder, { ...FILES, [file]: texts[0] })
      const { runtime, events } = await startFolders([folder], { watch: true, clock: systemClock })
      const shows = (expected: unknown) =>
        vi.waitFor(async () => expect(await see(runtime)).toEqual(expected), PATIENCE)
      const told = (name: string) => events.filter((event) => event.name === name).length
      const remove = async (before: unknown) => {
        const count = 'told' in gone ? told(gone.told) : 0
        await rm(path)
        if ('seen' in gone) return shows(gone.seen)
        await vi.waitFor(() => expect(told(gone.told)).toBe(count + 1), PATIENCE)
        expect(await see(runtime)).toEqual(before)
      }
      await shows(seen[0])
      await inPlace(path, texts[1])
      await shows(seen[1])
      await byRename(path, texts[0])
      await shows(seen[0])
      await remove(seen[0])
      await mkdir(dirname(path), { recursive: true })
      await inPlace(path, texts[1])
      await shows(seen[1])
      await remove(seen[1])
      await byRename(path, texts[0])
      await shows(seen[0])
    },
  )
})
