import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import { FatalError, RetryLater } from '../../../../src/core/errors.ts'
import { CANCEL_STEPS } from '../../../../src/plan/steps/machine.ts'
import { StepTimeout } from '../../../../src/plan/steps/program.ts'
import { compileProgram, perform, runProgram, startProgram, turns } from './programs.ts'

describe('A list of steps', () => {
  it('is done in order, and its last output is the output of the task', async () => {
    const { output, begun } = await runProgram([{ id: 'x', run: 'a' }, { run: 'b' }], perform)
    expect(output).toEqual({ status: 'completed', output: 'b' })
    expect(begun).toEqual(['x', 'steps[1]'])
  })

  it('hands on what earlier steps gave, and gives what the output says', async () => {
    const { output } = await runProgram(
      [
        { id: 'x', run: 'a', with: { n: '${{ input.n + 1 }}' } },
        { id: 'y', run: 'b', with: '${{ steps.x.output.n * 2 }}' },
      ],
      perform,
      { output: { sum: '${{ steps.y.output }}', text: 'is ${{ steps.x.status }}' } },
      { input: { n: 2 } },
    )
    expect(output).toEqual({ status: 'completed', output: { sum: 6, text: 'is completed' } })
  })

  it('fails with the error itself, and skips what follows unless that asks', async () => {
    const thrown = new Error('out of paper')
    const { output, steps, begun } = await runProgram(
      [
        { id: 'x', run: 'bad' },
        { id: 'y', run: 'a' },
        { id: 'z', run: 'b', if: '${{ failed() }}' },
        { id: 'w', run: 'c', if: '${{ always() }}', with: '${{ steps.x.error.message }}' },
        { id: 'v', run: 'd', if: '${{ steps.x.status == "failed" }}' },
      ],
      (performance) => {
        if (performance.key === 'x') throw thrown
        return perform(performance)
      },
    )
    expect(output).toEqual({ status: 'failed', error: thrown, step: 'x' })
    expect('error' in output && output.error).toBe(thrown)
    expect(begun).toEqual(['x', 'z', 'w'])
    expect(steps).toMatchObject({
      x: { status: 'failed', error: { kind: 'error', message: 'out of paper' } },
      y: { status: 'skipped' },
      w: { status: 'completed', output: 'out of paper' },
      v: { status: 'skipped' },
    })
  })

  it('skips a step whose condition does not hold, and all that is in it', async () => {
    const { steps, output } = await runProgram(
      [
        { id: 'g', if: '${{ false }}', steps: [{ id: 'x', run: 'a' }] },
        { id: 'y', run: 'b', if: '${{ !failed() }}', with: '${{ steps.x.status }}' },
      ],
      perform,
    )
    expect(output).toEqual({ status: 'completed', output: 'skipped' })
    expect(steps).toMatchObject({ g: { status: 'skipped' }, x: { status: 'skipped' } })
  })

  it.each([
    [{ run: 'a', if: '${{ input.missing }}' }],
    [{ run: 'a', if: '${{ "text" }}' }],
    [{ run: 'a', with: '${{ input.missing }}' }],
    [{ run: 'a', each: '${{ input.n }}' }],
  ])('fails where an expression does: %j', async (step) => {
    const { output, begun } = await runProgram([step], perform, {}, { input: { n: 1 } })
    expect(output).toMatchObject({ status: 'failed', step: 'steps[0]' })
    expect(begun).toEqual([])
  })

  it('fails where its output cannot be made', async () => {
    const more = { output: '${{ input.missing }}' }
    const { output } = await runProgram([{ run: 'a' }], perform, more, { input: {} })
    expect(output).toMatchObject({ status: 'failed', step: 'output' })
  })
})

describe('A step that fails', () => {
  it('is tried again as often as it may be, after a pause', async () => {
    const { output, pauses, begun } = await runProgram(
      [{ id: 'x', run: 'a', retry: { attempts: 3 } }],
      ({ attempt }) => {
        if (attempt < 3) throw new Error('not yet')
        return attempt
      },
    )
    expect(output).toEqual({ status: 'completed', output: 3 })
    expect(begun).toEqual(['x', 'x', 'x'])
    expect(pauses.map(({ attempt }) => attempt)).toEqual([1, 2])
  })

  it.each([
    ['fatal', new FatalError('never'), 1],
    ['to be run later', new RetryLater('5s'), 1],
    ['excepted', new RangeError('far'), 1],
    ['of another kind', new Error('near'), 3],
  ])('is not tried again when its error is one that says so: %s', async (_, error, times) => {
    const { begun, output } = await runProgram(
      [{ run: 'a', retry: { attempts: 3, except: ['RangeError'] } }],
      () => {
        throw error
      },
    )
    expect(begun).toHaveLength(times)
    expect(output).toMatchObject({ status: 'failed', error })
  })

  it('has the retries of the task that it runs', async () => {
    const { begun } = await runProgram([{ task: 'sub' }], () => {
      throw new Error('no')
    })
    expect(begun).toHaveLength(3)
  })

  it('has timed out when that is why', async () => {
    const { output, steps } = await runProgram([{ id: 'x', run: 'a', timeout: '1s' }], (of) => {
      expect(of.timeout).toBe(1000)
      throw new StepTimeout('took too long')
    })
    expect(output).toMatchObject({ status: 'failed', step: 'x' })
    expect(steps['x']).toMatchObject({ status: 'timedOut', error: { kind: 'timeout' } })
  })

  it('does not fail the task when it is to continue', async () => {
    const { output, steps } = await runProgram(
      [
        { id: 'x', run: 'bad', onError: 'continue' },
        { run: 'a', with: '${{ steps.x.status }}' },
      ],
      perform,
    )
    expect(output).toEqual({ status: 'completed', output: 'failed' })
    expect(steps['x']?.status).toBe('failed')
  })

  it.each(['list', 'map'])('is handled by steps written as a %s', async (form) => {
    const steps = [{ id: 'fix', run: 'a', with: '${{ steps.x.error.message }}' }]
    const ended = await runProgram(
      [{ id: 'x', run: 'bad', onError: form === 'list' ? steps : { steps } }, { run: 'b' }],
      perform,
    )
    expect(ended.output).toEqual({ status: 'completed', output: 'b' })
    expect(ended.steps['fix']).toEqual({ status: 'completed', output: 'it is bad' })
  })

  it('fails the task with its own error when the steps that handle it fail, too', async () => {
    const { output } = await runProgram(
      [{ id: 'x', run: 'bad', onError: [{ run: 'a' }] }],
      ({ key }) => {
        throw new Error(key)
      },
    )
    expect(output).toMatchObject({ status: 'failed', step: 'x', error: { message: 'x' } })
  })

  it('says that its handling was skipped when it did not fail', async () => {
    const { output } = await runProgram(
      [
        { id: 'x', run: 'a', onError: [{ id: 'fix', run: 'b' }] },
        { run: 'c', with: '${{ steps.fix.status }}' },
      ],
      perform,
    )
    expect(output).toEqual({ status: 'completed', output: 'skipped' })
  })
})

describe('The machine of steps', () => {
  it('ends in good order when it is cancelled', async () => {
    const { actor, ended } = startProgram(
      compileProgram([{ run: 'a' }, { run: 'b' }]),
      async (_, signal) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        throw new Error('aborted')
      },
    )
    await turns()
    actor.send(CANCEL_STEPS)
    const { output, begun } = await ended()
    expect(output).toMatchObject({ status: 'failed', error: { code: 'cancelled' } })
    expect(begun).toEqual(['steps[0]'])
  })

  it('is data that makes a machine again, with a description on every step', () => {
    const { machine } = compileProgram([
      { id: 'x', run: 'a', if: '${{ input.n > 1 }}', retry: { attempts: 2 } },
      { parallel: [{ run: 'b' }, { each: [1], run: 'c', onError: [{ run: 'd' }] }] },
    ])
    const data = JSON.parse(JSON.stringify(machine.config))
    const again = createMachine(data)
    expect(Object.keys(again.states)).toEqual(['x', 'parallel2', 'end'])
    for (const id of ['task.x.waiting.stopping', 'task.parallel2.running.each2.handling']) {
      expect(again.getStateNodeById(id).description).toBe(machine.getStateNodeById(id).description)
    }
    expect(data.states.x).toMatchObject({ description: 'Runs a.', meta: { step: { run: 'a' } } })
    expect(data.states.x.states.running.invoke.src).toBe('perform')
  })
})
