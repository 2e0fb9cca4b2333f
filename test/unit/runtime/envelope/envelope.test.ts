import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../../src/core/errors.ts'
import { fromEnvelope, toEnvelope } from '../../../../src/runtime/envelope/envelope.ts'
import { FULL, RECORDS, readTasklet, refusal } from './messages.ts'

const BAD = { attempt: 1, at: 1, error: { kind: '?', message: '' } }

/** The message with one place of it, at any depth, changed to the value. */
function damaged(message: unknown, picks: readonly number[], value: unknown): unknown {
  const [pick, ...rest] = picks
  if (pick === undefined || typeof message !== 'object' || message === null) return value
  const keys = Object.keys(message)
  const key = keys[pick % Math.max(keys.length, 1)]
  if (key === undefined) return value
  const part = damaged((message as Record<string, unknown>)[key], rest, value)
  if (Array.isArray(message)) return message.with(Number(key), part)
  return { ...message, [key]: part }
}

describe('the envelope of a record', () => {
  it('gives back every record as it was, from its text and from its value', () => {
    fc.assert(
      fc.property(RECORDS, (record) => {
        const text = JSON.stringify(toEnvelope(record))
        expect(readTasklet(text).tasklet).toStrictEqual(record)
        expect(readTasklet(JSON.parse(text)).tasklet).toStrictEqual(record)
      }),
    )
  })

  it('keeps what a newer version has added, wherever that stands', () => {
    const newer = {
      setpoint: 1,
      sentBy: { host: 'here' },
      tasklet: {
        ...FULL,
        colour: 'red',
        lease: { ...FULL.lease, zone: 1 },
        failures: [{ attempt: 1, at: 1, error: { kind: 'error', message: '', hint: 'x' }, on: 2 }],
      },
    }
    const text = JSON.stringify(newer).replace(
      '"colour"',
      '"__proto__":{"status":"failed"},"colour"',
    )
    const read = readTasklet(text)
    expect(read.tasklet.status).toBe('running')
    const { tasklet } = read
    expect(JSON.parse(JSON.stringify(toEnvelope(tasklet, read)))).toStrictEqual(JSON.parse(text))
    const changed = JSON.stringify(toEnvelope({ ...tasklet, priority: 1 }))
    expect(changed).toContain('"__proto__":{"status":"failed"},"colour":"red"')
  })

  it('reads a message of a time when records had no deadlines, events or interruptions', () => {
    const older = { setpoint: 1, tasklet: { ...FULL } }
    for (const later of ['timeouts', 'deadline', 'event', 'interruptions']) {
      Reflect.deleteProperty(older.tasklet, later)
    }
    expect(readTasklet(JSON.stringify(older)).tasklet).toStrictEqual({
      ...FULL,
      timeouts: undefined,
      deadline: undefined,
      event: undefined,
      interruptions: 0,
    })
  })

  it('shares nothing with the value that was read', () => {
    const message = structuredClone(toEnvelope(FULL))
    const { tasklet } = readTasklet(message)
    Object.assign(message.tasklet, { status: 'failed' })
    Object.assign(message.tasklet.input as object, { piece: 'B2' })
    expect(tasklet).toMatchObject({ status: 'running', input: { piece: 'A1' } })
  })

  it.each([
    ['the message is not JSON: ', '{"setpoint":1,'],
    ['an envelope is a JSON object', 'null'],
    ['an envelope is a JSON object', [1]],
    ['cannot be written as JSON: it is a undefined', undefined],
    ['cannot be written as JSON: Do not know how to serialize a BigInt', 1n],
    ['setpoint: the version is missing, and this reads 1', {}],
    ['setpoint: the version is {"toString":1}, and this reads 1', { setpoint: { toString: 1 } }],
    ['setpoint: the version is 2, and this reads 1', { ...toEnvelope(FULL), setpoint: 2 }],
    ['either a "tasklet" or a "submission"', { setpoint: 1 }],
    ['either a "tasklet" or a "submission"', { setpoint: 1, tasklet: {}, submission: {} }],
    ['tasklet.priority: ', toEnvelope({ ...FULL, priority: 1001 })],
    [
      'tasklet.lease.token: ',
      { setpoint: 1, tasklet: { ...FULL, lease: { ...FULL.lease, token: -1 } } },
    ],
    ['tasklet.failures[0].error.kind: ', { setpoint: 1, tasklet: { ...FULL, failures: [BAD] } }],
    ['; and 11 more', { setpoint: 1, tasklet: {} }],
  ])('refuses with the place: %s', (reason, message) => {
    expect(refusal(message)).toContain(reason)
  })

  it('refuses, and does not choke on, what is deeper than any store takes', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const deep = `${open.repeat(100_000)}1${close.repeat(100_000)}`
      expect(refusal(`{"setpoint":1,"tasklet":{"input":${deep}}}`)).toContain('at most 500 levels')
    }
    const deepest = `${'{"kind":"error","message":"","cause":'.repeat(490)}null${'}'.repeat(490)}`
    const text = JSON.stringify(toEnvelope(FULL)).replace(/"error":\{.*?\}\}/, `"error":${deepest}`)
    expect(refusal(text)).toMatch(/^tasklet\.error(\.cause){490}: /)
  })

  it('takes a damaged message or refuses it as input, and never throws anything else', () => {
    const hostile = fc.oneof(
      fc.anything(),
      fc.constantFrom<unknown>(
        { toString: 1 },
        { toJSON: () => 1n },
        '9'.repeat(400),
        -0,
        Number.POSITIVE_INFINITY,
      ),
    )
    const whole = fc.constantFrom<unknown>(toEnvelope(FULL), {
      setpoint: 1,
      submission: { task: 'plan/task', input: 1, options: { retry: { attempts: 1 }, delay: '1s' } },
    })
    fc.assert(
      fc.property(whole, fc.array(fc.nat(), { maxLength: 6 }), hostile, (message, picks, value) => {
        try {
          const read = fromEnvelope(damaged(message, picks, value))
          expect(fromEnvelope(JSON.stringify(read))).toEqual(read)
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('takes any text or refuses it as input', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => `{"setpoint":1,"tasklet":${json}}`),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(refusal(text)).not.toBe('')
      }),
    )
  })
})
