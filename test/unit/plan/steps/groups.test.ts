import { describe, expect, it } from 'vitest'
import { compileProgram, perform, runProgram, startProgram, turns } from './programs.ts'

describe('Steps side by side', () => {
  it('give their outputs in the order in which they are written', async () => {
    const first = Promise.withResolvers<void>()
    const { output } = await runProgram(
      [{ parallel: [{ run: 'a' }, { run: 'b' }] }],
      async (performance) => {
        if (performance.key === 'steps[0].parallel[0]') await first.promise
        else first.resolve()
        return perform(performance)
      },
    )
    expect(output).toEqual({ status: 'completed', output: ['a', 'b'] })
  })

  it('are cancelled by the first failure, which waits until they have really ended', async () => {
    const ending = Promise.withResolvers<void>()
    const aborted: string[] = []
    const { actor, ended } = startProgram(
      compileProgram([
        {
          parallel: [
            {
              id: 'slow',
              steps: [
                { id: 'x', run: 'a' },
                { id: 'y', run: 'b' },
              ],
            },
            { id: 'z', run: 'bad' },
          ],
        },
      ]),
      async (performance, signal) => {
        if (performance.key !== 'x') return perform(performance)
        signal.addEventListener('abort', () => aborted.push('x'))
        await ending.promise
        throw new Error('aborted')
      },
    )
    await turns()
    expect(aborted).toEqual(['x'])
    expect(actor.getSnapshot().status).toBe('active')
    ending.resolve()
    const { output, steps } = await ended()
    expect(output).toMatchObject({ status: 'failed', step: 'z' })
    expect(steps).toMatchObject({
      slow: { status: 'cancelled' },
      x: { status: 'cancelled' },
      y: { status: 'cancelled' },
    })
  })

  it('clean up what asks for it although they were cancelled', async () => {
    const { begun } = await runProgram(
      [
        {
          parallel: [
            {
              steps: [
                { id: 'x', run: 'a' },
                { id: 'y', run: 'b' },
                { id: 'z', if: '${{ always() }}', steps: [{ id: 'w', run: 'c' }] },
              ],
            },
            { run: 'bad' },
          ],
        },
      ],
      async (performance, signal) => {
        if (performance.key !== 'x') return perform(performance)
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        throw signal.reason
      },
    )
    expect(begun).toContain('w')
    expect(begun).not.toContain('y')
  })

  it('go on after a failure when they need not fail fast', async () => {
    const { output, steps } = await runProgram(
      [{ id: 'g', failFast: false, parallel: [{ run: 'bad' }, { id: 'x', run: 'a' }] }],
      async (performance) => {
        await turns(performance.key === 'x' ? 10 : 0)
        return perform(performance)
      },
    )
    expect(output).toMatchObject({ status: 'failed', step: 'g.parallel[0]' })
    expect(steps['x']?.status).toBe('completed')
    expect(steps['g']).toMatchObject({ status: 'failed', output: [null, 'a'] })
  })

  it('are no failure when they handle their own', async () => {
    const { output } = await runProgram(
      [{ parallel: [{ run: 'bad', onError: 'continue' }, { run: 'a' }] }],
      perform,
    )
    expect(output).toEqual({ status: 'completed', output: [null, 'a'] })
  })
})

describe('A step for each item', () => {
  it('works on no more items at once than it may, and keeps their order', async () => {
    let now = 0
    let most = 0
    const { output, begun } = await runProgram(
      [{ id: 'd', each: '${{ input }}', parallel: 2, run: 'a', with: '${{ item * 10 + index }}' }],
      async (performance) => {
        most = Math.max(most, ++now)
        await turns(performance.key === 'd[0]' ? 30 : 3)
        now--
        return performance.input
      },
      {},
      { input: [1, 2, 3, 4] },
    )
    expect(output).toEqual({ status: 'completed', output: [10, 21, 32, 43] })
    expect(most).toBe(2)
    expect(begun).toEqual(['d[0]', 'd[1]', 'd[2]', 'd[3]'])
  })

  it('keeps nothing of the machines of items that are over', async () => {
    const children: number[] = []
    const items = Array.from({ length: 50 }, (_, index) => index)
    const program = compileProgram([{ each: '${{ input }}', parallel: 2, run: 'a' }])
    const started = startProgram(
      program,
      async (performance) => {
        await turns(3)
        children.push(Object.keys(started.actor.getSnapshot().children).length)
        return performance.input
      },
      { input: items },
    )
    await started.ended()
    expect(children).toHaveLength(50)
    expect(Math.max(...children)).toBeLessThanOrEqual(2)
  })

  it('has nothing to do for no items', async () => {
    const { output } = await runProgram([{ each: [], run: 'a' }], perform)
    expect(output).toEqual({ status: 'completed', output: [] })
  })

  it('stops at the first failure, and tells the others to end', async () => {
    const { output, begun, steps } = await runProgram(
      [{ id: 'd', each: [0, 1, 2, 3], parallel: 2, run: 'a' }],
      async ({ key }, signal) => {
        if (key === 'd[1]') throw new Error('one')
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        throw new Error('aborted')
      },
    )
    expect(output).toMatchObject({ status: 'failed', step: 'd[1]', error: { message: 'one' } })
    expect(begun).toEqual(['d[0]', 'd[1]'])
    expect(steps['d']?.status).toBe('failed')
  })

  it('finishes the others when it need not fail fast, and keeps what they gave', async () => {
    const { output, steps } = await runProgram(
      [
        { id: 'd', each: [0, 1, 2], failFast: false, run: 'a', onError: 'continue' },
        { run: 'b', with: '${{ steps.d.output }}' },
      ],
      (performance) => {
        if (performance.key === 'd[1]') throw new Error('one')
        return performance.key
      },
    )
    expect(steps['d']).toMatchObject({ status: 'failed', output: ['d[0]', null, 'd[2]'] })
    expect(output.status).toBe('completed')
  })

  it('repeats a list of steps, in which item and index are its own', async () => {
    const { output, begun } = await runProgram(
      [
        {
          id: 'd',
          each: [[1, 2], [3]],
          steps: [
            { id: 'x', run: 'a', with: '${{ size(item) }}' },
            { id: 'e', each: '${{ item }}', run: 'b', with: '${{ item + steps.x.output }}' },
          ],
        },
      ],
      perform,
    )
    expect(output).toEqual({ status: 'completed', output: [[3, 4], [4]] })
    expect(begun).toEqual(['d[0].x', 'd[0].e[0]', 'd[0].e[1]', 'd[1].x', 'd[1].e[0]'])
  })

  it('is cancelled by what is beside it, and waits for its items', async () => {
    const { output, steps } = await runProgram(
      [{ parallel: [{ id: 'd', each: [1, 2, 3], run: 'a' }, { run: 'bad' }] }],
      async (performance, signal) => {
        if (!performance.key.startsWith('d')) return perform(performance)
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        throw new Error('aborted')
      },
    )
    expect(output).toMatchObject({ status: 'failed', error: { message: 'it is bad' } })
    expect(steps['d']?.status).toBe('cancelled')
  })
})
