import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  FatalError,
  InputError,
  LifecycleError,
  QueueFullError,
  RetryLater,
  StoreError,
  TaskletError,
  toErrorRecord,
} from '../../../src/core/errors.ts'

const revoked = Proxy.revocable({}, {})
revoked.revoke()

const throwing = () => {
  throw new Error('no')
}

const cyclic: Error & { cause?: unknown } = new Error('round')
cyclic.cause = cyclic

const HOSTILE: readonly (readonly [string, unknown])[] = [
  ['an error that is its own cause', cyclic],
  ['an error whose message is a symbol', Object.assign(new Error(), { message: Symbol('s') })],
  ['an error whose stack is no text', Object.assign(new Error(), { stack: 1 })],
  ['a circular object', Object.assign({}, { self: cyclic })],
  ['an object that refuses to be JSON', { toJSON: throwing }],
  ['a function', () => {}],
  ['a bigint', 10n],
  [
    'an error whose message throws',
    Object.defineProperty(new Error(), 'message', { get: throwing }),
  ],
  ['an error whose cause throws', Object.defineProperty(new Error(), 'cause', { get: throwing })],
  ['an error whose stack throws', Object.defineProperty(new Error(), 'stack', { get: throwing })],
  [
    'an error whose message has no text',
    Object.assign(new Error(), { message: Object.create(null) }),
  ],
  [
    'a proxy that throws at every touch',
    new Proxy({}, { get: throwing, getPrototypeOf: throwing }),
  ],
  ['a revoked proxy', revoked.proxy],
]

/** Every record must be able to enter a store. */
function expectPlain(thrown: unknown): void {
  const record = toErrorRecord('error', thrown)
  expect(record).toMatchObject({ kind: 'error', message: expect.any(String) })
  const json = JSON.stringify(record)
  expect(JSON.parse(json)).toEqual(record)
  expect(json.length).toBeLessThan(1_000_000)
}

describe('toErrorRecord', () => {
  it('keeps kind, message, stack and the chain of causes', () => {
    const thrown = new Error('outer', { cause: new TypeError('inner', { cause: 'why' }) })
    expect(toErrorRecord('timeout', thrown)).toEqual({
      kind: 'timeout',
      message: 'outer',
      stack: thrown.stack,
      cause: {
        kind: 'error',
        message: 'inner',
        stack: (thrown.cause as Error).stack,
        cause: { kind: 'error', message: 'why' },
      },
    })
  })

  it.each([
    ['text', 'text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ code: 7 }, '{"code":7}'],
  ])('says what was thrown when it is no error: %o', (thrown, message) => {
    expect(toErrorRecord('error', thrown)).toEqual({ kind: 'error', message })
  })

  it('bounds texts and the depth of causes', () => {
    let error = new Error('x'.repeat(100_000))
    for (let depth = 0; depth < 50; depth += 1) error = new Error('outer', { cause: error })
    const record = toErrorRecord('error', error)
    expect(record.cause?.cause?.cause?.cause?.cause).toBeDefined()
    expect(record.cause?.cause?.cause?.cause?.cause?.cause).toBeUndefined()
    expect(toErrorRecord('error', 'x'.repeat(100_000)).message.length).toBeLessThan(9000)
  })

  it.each(HOSTILE)('makes plain data of %s', (_, thrown) => expectPlain(thrown))

  it('makes plain data of anything that can be thrown', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
    })
    const error = fc
      .tuple(anything, anything, anything)
      .map(([message, stack, cause]) => Object.assign(new Error('', { cause }), { message, stack }))
    fc.assert(fc.property(fc.oneof(anything, error), expectPlain))
  })
})

describe('the errors', () => {
  it.each([
    [new InputError('m'), 'invalid_input', 'InputError'],
    [new QueueFullError('main', 3), 'queue_full', 'QueueFullError'],
    [new LifecycleError('m'), 'lifecycle', 'LifecycleError'],
    [new StoreError('open', 'm'), 'store_open', 'StoreError'],
    [new FatalError('m'), 'fatal', 'FatalError'],
    [new RetryLater('5s'), 'retry_later', 'RetryLater'],
  ])('carry a code and their name: %o', (error, code, name) => {
    expect(error).toMatchObject({ code, name })
  })

  it('tells a tasklet error by kind, reason and the tasklet', () => {
    const cause = { kind: 'error', message: 'inner' } as const
    const record = { kind: 'planning', reason: 'trail', message: 'm', cause } as const
    expect(new TaskletError('id', record)).toMatchObject({
      code: 'tasklet_planning',
      kind: 'planning',
      reason: 'trail',
      taskletId: 'id',
      message: 'm',
      cause,
      record,
    })
    expect(new TaskletError('id', { kind: 'lease-lost', message: '' }).code).toBe(
      'tasklet_lease_lost',
    )
  })
})
