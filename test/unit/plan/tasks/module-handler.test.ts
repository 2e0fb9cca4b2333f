import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { definePlan } from '../../../../src/plan/define.ts'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { compilePlan } from '../../../../src/plan/load.ts'
import { diagnosticsOf } from '../plan-folder.ts'

const module = new URL('../../../fixtures/workers/handlers.ts', import.meta.url)

test('A handler by its module is known to other processes, and imported here on its first call.', async () => {
  const plan = compilePlan(
    definePlan({
      name: 'pressing',
      tasks: {
        press: { mode: 'cpu', run: { module, name: 'whereabouts' } },
        here: { run: { module: fileURLToPath(module), name: 'whereabouts' } },
        plain: async () => 1,
      },
    }),
  )
  const at = { url: module.href, name: 'whereabouts' }
  expect(plan.tasks.get('press')).toMatchObject({ mode: 'cpu', module: at })
  expect(plan.tasks.get('here')).toMatchObject({ mode: 'async', module: at })
  expect(plan.tasks.get('plain')?.module).toBeUndefined()
  // The handler looks at nothing of its context.
  const output = await plan.tasks.get('here')?.run({} as TaskContext)
  expect(output).toMatchObject({ pid: process.pid })
})

test('A handler with another module makes another version of the plan.', () => {
  const version = (at: URL) =>
    compilePlan(definePlan({ name: 'p', tasks: { t: { run: { module: at, name: 'x' } } } })).version
  expect(version(module)).not.toBe(version(new URL('file:///elsewhere.ts')))
})

test('A function cannot leave its process, so a task of another mode refuses it.', async () => {
  const load = () =>
    compilePlan(definePlan({ name: 'p', tasks: { press: { mode: 'cpu', run: () => 1 } } }))
  expect(await diagnosticsOf(load)).toMatchObject([
    {
      rule: 'handler-module',
      path: 'tasks.press.run',
      message: expect.stringContaining('new URL'),
    },
  ])
})

test('A module by a relative path is refused: nobody knows relative to what.', async () => {
  const load = () =>
    compilePlan(
      definePlan({ name: 'p', tasks: { press: { run: { module: './a.ts', name: 'press' } } } }),
    )
  expect(await diagnosticsOf(load)).toMatchObject([
    { rule: 'handler-module', message: expect.stringContaining('absolute path') },
  ])
})
