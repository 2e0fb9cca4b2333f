import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

interface Node {
  readonly [key: string]: unknown
}

/** Steps that take some turns of the event loop, fail or not, in groups of both kinds. */
const workload = fc.record({ turns: fc.nat(12), fails: fc.nat(3).map((n) => n === 0) })

const { node } = fc.letrec<{ node: Node; leaf: Node; group: Node }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { arbitrary: tie('leaf'), weight: 2 },
    { arbitrary: tie('group'), weight: 3 },
  ),
  leaf: fc.oneof(
    fc.record({ run: fc.constant('work'), with: workload }),
    fc.record({ sleep: fc.constantFrom('5m', '15m') }),
    fc.record({
      run: fc.constant('work'),
      with: workload,
      retry: fc.constant({ attempts: 2, backoff: { type: 'fixed', delay: 25 } }),
    }),
    fc.record({
      run: fc.constant('work'),
      with: fc.constant('${{ item }}'),
      each: fc.array(workload, { maxLength: 4 }),
      parallel: fc.integer({ min: 1, max: 3 }),
      failFast: fc.boolean(),
    }),
  ),
  group: fc.record({
    kind: fc.constantFrom('parallel', 'steps'),
    inside: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
    failFast: fc.boolean(),
    onError: fc.constantFrom('fail', 'continue'),
  }),
}))

/** As the format has it, with an id on every step. */
function written(tree: Node, ids: string[]): Node {
  const id = `s${ids.length}`
  ids.push(id)
  if (tree['kind'] === undefined) return { id, ...tree }
  const { kind, inside, failFast, onError } = tree
  const list = (inside as readonly Node[]).map((each) => written(each, ids))
  const fast = kind === 'parallel' && { failFast }
  return { id, [String(kind)]: list, ...fast, onError }
}

async function work({ input, signal }: TaskContext): Promise<string> {
  const { turns, fails } = input as { readonly turns: number; readonly fails: boolean }
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise(setImmediate)
    signal.throwIfAborted()
  }
  if (fails) throw new Error(`after ${turns}`)
  return `after ${turns}`
}

it('Steps stand after a wait exactly as they stood before it', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(node, async (tree) => {
      const ids: string[] = []
      const root = { ...written(tree, ids), onError: 'continue' }
      const all = `\${{ [${ids.map((id) => `steps.${id}`).join(', ')}] }}`
      const job = {
        steps: [root, { id: 'before', run: 'give', with: all }, { sleep: '1h' }, { sleep: '1h' }],
        output: { before: '${{ steps.before.output }}', after: all },
      }
      const give = ({ input }: TaskContext) => input
      const { runtime, clock } = await startRuntime(planOf({ job }, { actions: { work, give } }))
      const handle = await runtime.submit('plan/job')
      for (let turn = 0; turn < 500; turn += 1) {
        await clock.advance(turn % 4 === 0 ? '10m' : 10)
        if ((await runtime.get(handle.id))?.status === 'completed') break
      }
      const output = (await handle.result()) as { before: unknown; after: unknown }
      expect(output.after).toEqual(output.before)
      const stopping = runtime.stop()
      await clock.advance('1m')
      await stopping
    }),
    { numRuns: 60 },
  )
})
