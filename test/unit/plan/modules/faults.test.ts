import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadPlan } from '../../../../src/plan/load.ts'
import { diagnosticsOf, faultOf, writeFolder } from '../plan-folder.ts'

const PLAN = { 'plan.yaml': 'setpoint: 1\nname: plan\ntasks: { a: run }\n' }
const MODES = [{ code: 'native' }, { code: 'reloadable' }] as const

/** Everything that is wrong with the code, each with its file and the text at fault. */
async function faultsIn(files: Record<string, string>, options?: object) {
  const folder = await writeFolder({ ...PLAN, ...files })
  const diagnostics = await diagnosticsOf(loadPlan(folder, options))
  return diagnostics.map((each) => {
    const file = each.file?.slice(folder.length + 1) ?? ''
    const { line, text } = faultOf(each, files[file] ?? '')
    const { rule, message, suggestion } = each
    return { rule, file, line, text, message, ...(suggestion !== undefined && { suggestion }) }
  })
}

describe.each(MODES)('what is wrong with a plan’s code, loaded as $code', (mode) => {
  it('is shown with file, line and column for every file that is no TypeScript', async () => {
    const faults = await faultsIn(
      {
        'actions.ts': "import './a.ts'\nimport './b.ts'\nimport './c.ts'",
        'a.ts': '\nexport const a = 1\n\tenum Kind { a }\nexport const run = 1',
        'b.ts': 'const a = 1\nconst b: = 2\n',
        'c.ts': 'const a = 1\nenum Several {\n  a,\n}',
      },
      mode,
    )
    expect(faults.toSorted((a, b) => (a.file < b.file ? -1 : 1))).toMatchObject([
      { rule: 'actions-syntax', file: 'a.ts', line: 3, text: 'enum Kind { a }' },
      { rule: 'actions-syntax', file: 'b.ts', line: 2, text: '=' },
      { rule: 'actions-syntax', file: 'c.ts', line: 2, text: 'enum Several {' },
    ])
  })

  it('is shown where JavaScript breaks off', async () => {
    const faults = await faultsIn(
      { 'actions.ts': "import './other.js'", 'other.js': 'export const a = 1\nexport const b = (' },
      mode,
    )
    expect(faults).toMatchObject([{ rule: 'actions-syntax', file: 'other.js', line: 2 }])
  })

  it('is shown where JSON is none', async () => {
    const actions = "import data from './data.json' with { type: 'json' }\nexport const run = data"
    const faults = await faultsIn({ 'actions.ts': actions, 'data.json': '{\n  "a": ]\n}' }, mode)
    expect(faults).toMatchObject([
      { rule: 'actions-syntax', file: 'data.json', line: 2, text: ']' },
    ])
  })

  it('is a file that is not there, with the one that was probably meant', async () => {
    const faults = await faultsIn(
      {
        'actions.ts': "import { n } from './lib/numbers'\nimport './lib/numbres.ts'\n",
        'lib/numbers.ts': 'export const n = 1',
      },
      mode,
    )
    expect(faults).toEqual([
      {
        rule: 'actions-missing',
        file: 'actions.ts',
        line: 1,
        text: "'./lib/numbers'",
        message: 'there is no file "./lib/numbers"',
        suggestion: './lib/numbers.ts',
      },
      {
        rule: 'actions-missing',
        file: 'actions.ts',
        line: 2,
        text: "'./lib/numbres.ts'",
        message: 'there is no file "./lib/numbres.ts"',
        suggestion: './lib/numbers.ts',
      },
    ])
  })

  it('is what it throws when it is evaluated, where it throws it', async () => {
    const faults = await faultsIn(
      {
        'actions.ts': "import './sensor.ts'",
        'sensor.ts': "type A = 1\n  throw new Error('no sensor')",
      },
      mode,
    )
    expect(faults).toMatchObject([
      { rule: 'actions-failed', file: 'sensor.ts', line: 2, text: 'n' },
    ])
    expect(faults[0]?.message).toBe('"actions.ts" cannot be loaded: Error: no sensor')
  })

  it('is what it throws that is no error, at the plan', async () => {
    const faults = await faultsIn({ 'actions.ts': "throw 'a string'" }, mode)
    expect(faults).toMatchObject([
      { rule: 'actions-failed', message: '"actions.ts" cannot be loaded: a string' },
    ])
  })

  it('is that it does not come to an end', async () => {
    const files = { 'actions.ts': 'await new Promise(() => {})' }
    expect(await faultsIn(files, { ...mode, codeTimeout: 20 })).toMatchObject([
      { rule: 'actions-timeout', message: expect.stringContaining('within 20 ms') },
    ])
  })

  it('is not a missing file that only `import()` asks for', async () => {
    const actions = "export const run = () => import('./made-later.ts')"
    expect(await faultsIn({ 'actions.ts': actions }, mode)).toEqual([])
  })
})

describe('reloadable code', () => {
  it('is refused where it imports a name that is not exported, with the nearest that is', async () => {
    const files = {
      'actions.ts': "import { numbr } from './n.ts'\nimport { jion } from 'node:path'",
      'n.ts': 'export const number = 1',
    }
    expect(await faultsIn(files, { code: 'reloadable' })).toMatchObject([
      { rule: 'actions-failed', file: 'actions.ts', line: 1, text: 'numbr', suggestion: 'number' },
    ])
  })
})

describe('the version of a plan', () => {
  it.each(MODES)('changes with CommonJS files of its code, loaded as $code', async (mode) => {
    const folder = await writeFolder({
      'plan.yaml': 'setpoint: 1\nname: plan\nactions: ./main.cjs\ntasks: { a: run }\n',
      'main.cjs': 'exports.run = () => 1',
      'esm/plan.yaml': PLAN['plan.yaml'],
      'esm/actions.ts': "import { n } from './n.cjs'\nexport const run = () => n",
      'esm/n.cjs': 'exports.n = 1',
    })
    const runs = async () => {
      const plans = await Promise.all(
        [folder, join(folder, 'esm')].map((each) => loadPlan(each, mode)),
      )
      return plans.map(({ tasks }) => tasks.get('a')?.run({} as never))
    }
    expect(await runs()).toEqual([1, 1])
    await writeFile(join(folder, 'main.cjs'), 'exports.run = () => 2')
    await writeFile(join(folder, 'esm/n.cjs'), 'exports.n = 2')
    expect(await runs()).toEqual([2, 2])
  })

  it.each(MODES)('changes with every file of its code, and so does $code code', async (mode) => {
    const folder = await writeFolder({
      ...PLAN,
      'actions.ts': "import { n } from './lib/n.ts'\nexport const run = () => n",
      'lib/n.ts': "import { m } from './m.ts'\nexport const n = m",
      'lib/m.ts': 'export const m = 1',
      'lib/unused.ts': 'export const unused = 1',
    })
    const load = () => loadPlan(folder, mode)
    const write = (name: string, text: string) => writeFile(join(folder, name), text)
    const first = await load()
    await write('lib/unused.ts', 'export const unused = 2')
    expect((await load()).version).toBe(first.version)
    await write('lib/m.ts', 'export const m = 2')
    const second = await load()
    expect(second.version).not.toBe(first.version)
    expect(second.tasks.get('a')?.run({} as never)).toBe(2)
    expect(first.tasks.get('a')?.run({} as never)).toBe(1)
  })
})
