import { describe, expect, it, test } from 'vitest'
import { startSteps } from '../../../support/step-plans.ts'

const ACTIONS = `
export const give = ({ input }) => input ?? null


`

/** What a task of the one step comes to that gives back what it is given. */
async function given(what: string, input: unknown = null, more = '') {
  const { runtime, clock } = await startSteps(
    `tasks:\n  job:\n    steps: [{ id: give, run: give, with: ${what} }${more}]`,
    ACTIONS,
  )
  const job = await runtime.submit('plan/job', input)
  await clock.advance(0)
  const { status, output, error } = { ...(await runtime.get(job.id)) }
  return { status, output, error }
}

const INPUT = {
  keep: 3,
  share: 0.5,
  on: true,
  none: null,
  list: [1, 'a'],
  map: { a: { b: 'x' } },
  text: '7',
}

describe('A string that is one expression', () => {
  it.each(Object.entries(INPUT))('keeps the type of %s', async (name, value) => {
    const { output } = await given(`"\${{ input.${name} }}"`, INPUT)
    expect(output).toEqual(value)
  })

  it('keeps it inside of lists and maps, and whole numbers are numbers', async () => {
    const { output } = await given(
      '{ a: ["${{ input.keep }}"], n: "${{ size(input.list) + 1 }}", b: "${{ 1 == 1 }}" }',
      INPUT,
    )
    expect(output).toEqual({ a: [3], n: 3, b: true })
  })
})

describe('Any other string', () => {
  it('is interpolated, in order, and an escaped opening is text', async () => {
    const { output } = await given(
      '"${{ input.text }}-${{ input.keep }}/${{ input.on }} $${{ input.keep }}"',
      INPUT,
    )
    expect(output).toBe('7-3/true ${{ input.keep }}')
  })

  it.each(['none', 'list', 'map'])('has no place for %s unless json() says so', async (name) => {
    const bare = await given(`"a \${{ input.${name} }}"`, INPUT)
    expect(bare).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('cannot stand inside a text: use json(…)') },
    })
    const { output } = await given(`"a \${{ json(input.${name}) }}"`, INPUT)
    expect(output).toBe(`a ${JSON.stringify(INPUT[name as keyof typeof INPUT])}`)
  })
})

describe('A name that only the data could tell', () => {
  it.each([
    ['alone', '"${{ input.missing }}"'],
    ['in a text', '"a ${{ input.map.missing }} b"'],
    ['deep inside', '{ a: [{ b: "${{ input.map.a.c }}" }] }'],
    ['beyond the end of a list', '"${{ input.list[2] }}"'],
  ])('fails the step, %s, and shows where', async (_, what) => {
    const { status, error } = await given(what, INPUT)
    expect(status).toBe('failed')
    expect(error?.message).toMatch(/\n {2}input\..*\n {2} *\^+$/)
  })

  it('fails a condition, a list of items and an output as well', async () => {
    for (const step of [
      "{ run: give, if: '${{ input.missing }}' }",
      "{ run: give, each: '${{ input.missing }}' }",
      "{ sleep: '${{ input.missing }}' }",
    ]) {
      const { status, error } = await given('1', INPUT, `, ${step}`)
      expect([step, status, error?.message]).toEqual([
        step,
        'failed',
        expect.stringContaining('nothing is called "missing" here'),
      ])
    }
    const { runtime, clock } = await startSteps(
      'tasks:\n  job: { steps: [{ run: give }], output: { a: "${{ input.missing }}" } }',
      ACTIONS,
    )
    const job = await runtime.submit('plan/job', {})
    await clock.advance(0)
    expect((await runtime.get(job.id))?.status).toBe('failed')
  })

  it('may be asked for, and something may stand in', async () => {
    const { output } = await given(
      '["${{ has(input.missing) }}", "${{ input.?missing.orValue(5) }}"]',
      INPUT,
    )
    expect(output).toEqual([false, 5])
  })

  it('can be handled like any failure of a step', async () => {
    const { runtime, clock } = await startSteps(
      'tasks:\n  job:\n    steps:\n      - { id: a, run: give, with: "${{ input.missing }}", onError: continue }\n    output: "${{ steps.a.status }}"',
      ACTIONS,
    )
    const job = await runtime.submit('plan/job', {})
    await clock.advance(0)
    expect((await runtime.get(job.id))?.output).toBe('failed')
  })
})

describe('An expression is bounded', () => {
  const long = Array.from({ length: 10_001 }, (_, index) => index)

  it('in what it goes through', async () => {
    const { error } = await given('"${{ input.map(x, x) }}"', long)
    expect(error?.message).toContain('10000')
  })

  it('in its steps, whatever the data', async () => {
    const texts = Array.from({ length: 2000 }, () => 'a'.repeat(500))
    const { status, error } = await given(
      "\"${{ input.map(x, x.split('').join('-')).map(x, x + x) }}\"",
      texts,
    )
    expect(status).toBe('failed')
    expect(error?.message).toMatch(/more than|too/)
  })

  it('in the time that a pattern takes', async () => {
    const { output } = await given('"${{ input.matches(\'^(a+)+$\') }}"', `${'a'.repeat(50_000)}!`)
    expect(output).toBe(false)
  })
})

test('An expression leaves what it reads as it was.', async () => {
  const { runtime, clock } = await startSteps(
    `tasks:
  job:
    steps:
      - { id: a, run: give, with: { list: "\${{ input.list }}", sorted: "\${{ input.list.map(x, x + 1) }}" } }
      - { id: b, run: give, with: "\${{ steps.a.output.list }}" }
    output: ["\${{ steps.b.output }}", "\${{ steps.a.output.sorted }}", "\${{ input.list }}"]`,
    ACTIONS,
  )
  const job = await runtime.submit('plan/job', { list: [3, 1, 2] })
  await clock.advance(0)
  const record = await runtime.get(job.id)
  expect(record?.output).toEqual([
    [3, 1, 2],
    [4, 2, 3],
    [3, 1, 2],
  ])
  expect(record?.input).toEqual({ list: [3, 1, 2] })
})
