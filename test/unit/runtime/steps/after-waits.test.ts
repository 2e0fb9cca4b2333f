import { describe, expect, it } from 'vitest'
import { startSteps } from '../../../support/step-plans.ts'
import { STORES } from '../../../support/stores.ts'

const ACTIONS = `
export const quick = ({ input }) => input ?? 'done'
const wait = (signal, over) => new Promise((resolve, reject) => {
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  over(resolve)
})
/** Ends after some turns of the event loop. */
export const turns = ({ input, signal }) => wait(signal, (resolve) => {
  let left = input.turns
  const turn = () => (left-- > 0 ? setImmediate(turn) : resolve(left))
  turn()
})
export const failsAfter = async ({ input, signal }) => {
  await turns({ input, signal })
  throw new Error(input.name)
}
`

interface Told {
  readonly key: string
  readonly status: string
}

function begun(events: readonly { readonly name: string; readonly data: unknown }[]) {
  return events.filter(({ name }) => name === 'step.started').map(({ data }) => (data as Told).key)
}

describe.each(STORES)('After a wait, on %s,', (_, makeStore) => {
  it('what was completed before a sibling failed is completed still', async () => {
    const { runtime, clock, events } = await startSteps(
      `
tasks:
  job:
    steps:
      - id: both
        parallel:
          - { id: bad, run: failsAfter, with: { turns: 20, name: bad } }
          - steps:
              - { id: x, run: quick, with: x }
              - { id: y, run: quick, with: y }
              - { id: z, run: turns, with: { turns: 100 } }
        onError: continue
      - { id: before, run: quick, with: "\${{ [steps.x.status, steps.y.status, steps.z.status] }}" }
      - sleep: 1h
    output:
      before: \${{ steps.before.output }}
      after: ["\${{ steps.x.status }}", "\${{ steps.y.status }}", "\${{ steps.z.status }}"]
`,
      ACTIONS,
      {},
      makeStore(),
    )
    const result = runtime.call('plan/job')
    for (let turn = 0; turn < 20; turn += 1) await clock.advance(0)
    await clock.advance('1h')
    const expected = ['completed', 'completed', 'cancelled']
    expect(await result).toEqual({ before: expected, after: expected })
    expect(begun(events).filter((key) => key === 'y')).toEqual(['y'])
  })

  it('the first failure is still the one that is told', async () => {
    const { runtime, clock } = await startSteps(
      `
tasks:
  job:
    steps:
      - id: both
        failFast: false
        parallel:
          - { id: late, run: failsAfter, with: { turns: 40, name: late } }
          - steps:
              - { run: quick }
              - { run: quick }
              - { id: early, run: failsAfter, with: { turns: 5, name: early } }
        onError:
          - { id: told, run: quick, with: "\${{ steps.both.error.message }}" }
          - sleep: 1h
      - if: \${{ always() }}
        sleep: 1m
    output: \${{ steps.both.error.message }}
`,
      ACTIONS,
      {},
      makeStore(),
    )
    const result = runtime.call('plan/job')
    for (let turn = 0; turn < 20; turn += 1) await clock.advance(0)
    await clock.advance('2h')
    expect(await result).toBe('early')
  })
})
