import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CodeTimeout, evaluateGraph } from '../../../../src/plan/modules/load.ts'
import { writeFolder } from '../plan-folder.ts'
import { evaluated, graphIn, graphOf } from './code-folder.ts'

describe('code that is evaluated apart from the modules of Node', () => {
  it('has the exports of every form that there is', async () => {
    const code = await evaluated({
      'actions.ts': `
        export const constant: number = 1, { a, b: [c = 3] } = { a: 2, b: [] }
        export function named(): string { return 'named' }
        export async function* generator() {}
        export class Thing<T> { declare value: T }
        const hidden = 'renamed'
        export { hidden as shown, hidden as 'a string' }
        export * from './star.ts'
        export * as space from './star.ts'
        export { inner as outer, default as other } from './star.ts'
        export default class {}
      `,
      'star.ts': `
        export const inner = 'inner', constant = 'hidden by the one that exports it itself'
        export default () => 'default of star'
      `,
    })
    expect(Object.keys(code)).toEqual([
      'Thing',
      'a',
      'a string',
      'c',
      'constant',
      'default',
      'generator',
      'inner',
      'named',
      'other',
      'outer',
      'shown',
      'space',
    ])
    expect(code).toMatchObject({
      constant: 1,
      a: 2,
      c: 3,
      shown: 'renamed',
      'a string': 'renamed',
      inner: 'inner',
      outer: 'inner',
      space: { inner: 'inner' },
    })
    expect([code['named']?.(), code['other']?.()]).toEqual(['named', 'default of star'])
    expect(code['default']?.name).toBe('default')
  })

  it.each([
    ['a function', 'export default function () { return 7 }'],
    ['a named function', 'export default function seven() { return 7 }'],
    ['an arrow function', 'export default () => 7'],
    ['an expression in brackets', 'export default (() => 7);'],
    ['a call', 'export /* why */ default\n(x => () => x)(7)'],
  ])('has the default export %s', async (_what, text) => {
    const code = await evaluated({ 'actions.ts': `${text}\nexport const after = 1` })
    expect(code['default']?.()).toBe(7)
  })

  it('keeps statements apart that the removal of an import or export would join', async () => {
    const code = await evaluated({
      'actions.ts': `
        const first = (x) => x
        let called = first
        import { two } from './two.ts'
        (() => { called = two })()
        export const answer = () => called
      `,
      'two.ts': 'export const two = 2',
    })
    expect(code['answer']?.()).toBe(2)
  })

  it('shows an imported variable as it is now, wherever it is changed', async () => {
    const code = await evaluated({
      'actions.ts': `
        import { count, increase, set, swap } from './count.ts'
        import * as space from './count.ts'
        export { count as passed } from './count.ts'
        export { count }
        export const counts = () => [count, space.count]
        export { increase, set, swap }
      `,
      'count.ts': `
        export let count = 1
        export const increase = () => count++
        export const set = (value) => (count = value)
        export default count = 1
        export const swap = () => { const count = [8]; [count[0]] = [9]; return count[0] }
      `,
    })
    expect(code['increase']?.()).toBe(1)
    expect([code['counts']?.(), code['count'], code['passed']]).toEqual([[2, 2], 2, 2])
    expect(code['set']?.(5)).toBe(5)
    expect(code['counts']?.()).toEqual([5, 5])
    expect(code['swap']?.()).toBe(9)
    expect(code['counts']?.()).toEqual([5, 5])
  })

  it('lets a name of its own hide an imported one', async () => {
    const code = await evaluated({
      'actions.ts': `
        import { x } from './x.ts'
        export const inner = (x) => ({ x })
        export const outer = () => ({ x })
      `,
      'x.ts': "export const x = 'imported'",
    })
    expect([code['inner']?.('own'), code['outer']?.()]).toEqual([{ x: 'own' }, { x: 'imported' }])
  })

  it('runs modules that import each other, each once and after what it needs', async () => {
    const code = await evaluated({
      'actions.ts': `
        import { isOdd } from './odd.ts'
        import './order.ts'
        export const isEven = (n) => n === 0 || isOdd(n - 1)
        globalThis.order.push('actions')
        export const order = globalThis.order
        export { isOdd }
      `,
      'odd.ts': `
        import './order.ts'
        import { isEven } from './actions.ts'
        globalThis.order.push('odd')
        export function isOdd(n) { return n !== 0 && isEven(n - 1) }
      `,
      'order.ts': "globalThis.order = ['order']",
    })
    expect(code['order']).toEqual(['order', 'odd', 'actions'])
    expect([code['isOdd']?.(7), code['isOdd']?.(8)]).toEqual([true, false])
  })

  it('can use functions of a circle before their module has run', async () => {
    const code = await evaluated({
      'actions.ts': `
        import { early } from './needs.ts'
        export function greet() { return 'hello' }
        export { early }
      `,
      'needs.ts': "import { greet } from './actions.ts'\nexport const early = greet()",
    })
    expect(code['early']).toBe('hello')
  })

  it('waits for what modules wait for at their top', async () => {
    const code = await evaluated({
      'actions.ts': "import { slow } from './slow.ts'\nexport const seen = slow",
      'slow.ts': 'export const slow = await new Promise((resolve) => setImmediate(resolve, 3))',
    })
    expect(code['seen']).toBe(3)
  })

  it('imports Node, packages, JSON and files outside of the folder as Node does', async () => {
    const errors = new URL('../../../../src/core/errors.ts', import.meta.url).href
    const { default: native } = (await import('node:fs')) as { readonly default: unknown }
    const code = await evaluated({
      'node_modules/left/package.json': '{"name":"left","type":"module","exports":"./left.js"}',
      'node_modules/left/left.js': "export const left = 'left'",
      'actions.ts': `
        import fs, { readFileSync as read } from 'node:fs'
        import { left } from 'left'
        import { FatalError } from '${errors}'
        import data from './data.json' with { type: 'json' }
        export { fs, read, left, FatalError, data }
      `,
      'data.json': '{ "deep": [1] }',
    })
    expect(code['fs']).toBe(native)
    expect(code['FatalError']?.name).toBe('FatalError')
    expect([code['left'], code['data']]).toEqual(['left', { deep: [1] }])
  })

  it('imports files of the plan when they are asked for', async () => {
    const code = await evaluated({
      'actions.ts': `
        export const lazy = () => import('./lazy.ts')
        export const named = (name) => import(name)
        export const count = { runs: 0 }
      `,
      'lazy.ts': "import { count } from './actions.ts'\nexport const runs = ++count.runs",
    })
    const first = await code['lazy']?.()
    expect(first).toMatchObject({ runs: 1 })
    expect(await code['named']?.('./lazy.ts')).toMatchObject({ runs: 1 })
    expect(await code['named']?.('node:path')).toHaveProperty('join')
    await expect(code['named']?.('./none.ts')).rejects.toThrow(/none\.ts/)
  })

  it('knows its own place', async () => {
    const graph = await graphOf({ 'actions.ts': 'export const meta = { ...import.meta }' })
    const { exports } = await evaluateGraph(graph, { code: 'reloadable' })
    expect(exports['meta']).toMatchObject({
      url: pathToFileURL(graph.entry).href,
      filename: graph.entry,
      dirname: graph.root,
      main: false,
    })
  })

  it('names file, line and column of the source in a stack trace', async () => {
    const graph = await graphOf({
      'actions.ts': `import { fail } from './fail.ts'\nexport const run = (): never => fail()`,
      'fail.ts': `type A = string\n\nexport function fail(): never { throw new Error('no') }`,
    })
    const { exports } = await evaluateGraph(graph, { code: 'reloadable' })
    const { run } = exports as { readonly run: () => never }
    const { href } = pathToFileURL(graph.root)
    expect(() => run()).toThrow(
      expect.objectContaining({
        stack: expect.stringMatching(
          new RegExp(`${href}/fail\\.ts:3:39\\)\n.*${href}/actions\\.ts:2:33`),
        ),
      }),
    )
  })

  it('is evaluated once for the same files, and anew as soon as one of them changes', async () => {
    const folder = await writeFolder({
      'actions.ts': "import { state } from './state.ts'\nexport { state }",
      'state.ts': 'export const state = { runs: 0 }',
    })
    const load = async () => evaluateGraph(await graphIn(folder), { code: 'reloadable' })
    const first = await load()
    const again = await Promise.all([load(), load()])
    await writeFile(join(folder, 'state.ts'), 'export const state = { runs: 1 }')
    const second = await load()
    expect(again.map(({ exports }) => exports['state'] === first.exports['state'])).toEqual([
      true,
      true,
    ])
    expect(second.exports['state']).toEqual({ runs: 1 })
    expect(first.exports['state']).toEqual({ runs: 0 })
  })

  it('gives up on code that does not come to an end', async () => {
    const files = { 'actions.ts': 'await new Promise(() => {})' }
    await expect(evaluated(files, { codeTimeout: 10 })).rejects.toThrow(CodeTimeout)
  })
})
