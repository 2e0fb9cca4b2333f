import { expect, test } from 'vitest'
import { isFinal } from '../../../../src/core/status.ts'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'
import { STORES } from '../../../support/stores.ts'

test.each(STORES)(
  'of each tasklet its submission is told first and its end last, on the %s store',
  async (_, makeStore) => {
    const plan = planOf({ work: () => 1, fail: () => Promise.reject(new Error('no')) })
    const { runtime, events } = await startRuntime(plan, {}, makeStore())
    const handles = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        runtime.submit(index % 3 === 0 ? 'plan/fail' : 'plan/work'),
      ),
    )
    await Promise.allSettled(handles.map((handle) => handle.result()))
    for (const { id } of handles) {
      const names = events
        .filter(({ data }) => {
          const { tasklet, taskletId } = data as { tasklet?: Tasklet; taskletId?: string }
          return tasklet?.id === id || taskletId === id
        })
        .map(({ name }) => name)
      expect(names[0]).toBe('tasklet.submitted')
      const end = names.at(-1)?.split('.')[1] ?? ''
      expect(isFinal(end as Tasklet['status'])).toBe(true)
      const ends = names.filter((name) => /^tasklet\.(completed|failed|cancelled)$/.test(name))
      expect(ends).toHaveLength(1)
    }
  },
)

test('a handle tells of the steps of its tasklet too', async () => {
  const steps = [
    { id: 'a', run: 'one' },
    { id: 'b', run: 'one' },
  ]
  const plan = planOf({ work: { steps } }, { actions: { one: () => 1 } })
  const { runtime } = await startRuntime(plan)
  const handle = await runtime.submit('plan/work')
  const told: string[] = []
  for await (const { name, data } of handle.events()) {
    if (name === 'step.ended') told.push((data as { key: string }).key)
  }
  expect(told).toEqual(['a', 'b'])
})
