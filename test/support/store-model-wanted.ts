import fc from 'fast-check'
import type { DependencyPolicy, Tasklet } from '../../src/core/tasklet.ts'
import { newTasklet } from '../../src/testing/store-contract/records.ts'
import type { Known, World } from './store-model-world.ts'

export const TASKS = ['a', 'b', 'c']

/** What a submission may ask for. */
export const WANTED = fc.record({
  task: fc.constantFrom(...TASKS),
  priority: fc.constantFrom(0, 500, 1000),
  delay: fc.constantFrom(undefined, undefined, undefined, 5, 50),
  life: fc.constantFrom(undefined, undefined, 10, 30),
  group: fc.constantFrom(undefined, 'x', 'y'),
  behind: fc.option(fc.nat(), { nil: undefined }),
  policy: fc.constantFrom<DependencyPolicy>('fail', 'cancel', 'run'),
  wish: fc.constantFrom(undefined, undefined, 'return', 'replace', 'keep-last'),
})

type Wanted = typeof WANTED extends fc.Arbitrary<infer T> ? T : never

/** The record that it hands in. */
export function toGiven({ known, now }: World, wanted: Wanted): Tasklet {
  const { delay, life, behind, policy, wish } = wanted
  const first = behind === undefined ? undefined : pickFrom(known, behind)
  const free = delay === undefined ? 'pending' : 'scheduled'
  return newTasklet({
    task: wanted.task,
    priority: wanted.priority,
    group: wanted.group,
    status: first === undefined ? free : 'blocked',
    notBefore: delay && now + delay,
    expiresAt: life && now + life,
    dependencies: first === undefined ? [] : [{ key: 'first', id: first.id }],
    onDependencyFailure: policy,
    unique: wish && { key: 'key', until: undefined, onDuplicate: wish },
    createdAt: now,
    updatedAt: now,
  })
}

export function pickFrom(list: readonly Known[], pick: number): Known | undefined {
  return list[pick % Math.max(list.length, 1)]
}
