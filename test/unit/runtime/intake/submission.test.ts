import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { InputError } from '../../../../src/core/errors.ts'
import type { Plan, Task } from '../../../../src/plan/model.ts'
import { type SubmitOptions, toTasklet } from '../../../../src/runtime/intake/submission.ts'
import { makeTask } from '../../../support/deliveries.ts'

const NOW = 1_000_000
const plan: Plan = {
  name: 'plan',
  version: 'hash',
  description: undefined,
  folder: undefined,
  resources: {},
  resourceLimits: {},
  transitionUnits: {},
  world: undefined,
  interrupts: [],
  schedules: [],
  warnings: [],
  tasks: new Map(),
}

function submit(options: SubmitOptions = {}, input?: unknown, task: Partial<Task> = {}) {
  return toTasklet({ plan, task: makeTask(task), input, options, source: 'api' }, 'id', NOW)
}

describe('a submission', () => {
  it('becomes a pending record with what the task says', () => {
    expect(submit({}, { a: 1 }, { requires: ['hot'], tags: ['t'] })).toMatchObject({
      id: 'id',
      plan: 'plan',
      task: 'task',
      planVersion: 'hash',
      queue: 'main',
      priority: 500,
      status: 'pending',
      input: { a: 1 },
      attempts: 0,
      maxAttempts: 3,
      deliveries: 0,
      requires: ['hot'],
      tags: ['t'],
      source: 'api',
      createdAt: NOW,
      updatedAt: NOW,
      notBefore: undefined,
      lease: undefined,
    })
  })

  it('takes its options instead', () => {
    const same = {
      queue: 'event',
      idempotencyKey: 'key',
      tags: ['own'],
      initialContext: { c: 1 },
      traceId: 'trace',
    }
    const options = { priority: 'high', timeout: '2s', estimatedDuration: '1m' } as const
    expect(submit({ ...same, ...options, retry: { attempts: 9 } })).toMatchObject({
      ...same,
      priority: 100,
      timeout: 2000,
      maxAttempts: 9,
      estimatedDuration: 60_000,
    })
  })

  it('is scheduled when it may only run later', () => {
    expect(submit({ delay: '5s' })).toMatchObject({ status: 'scheduled', notBefore: NOW + 5000 })
    const runAt = NOW + 10
    for (const at of [runAt, new Date(runAt)]) {
      expect(submit({ runAt: at })).toMatchObject({ status: 'scheduled', notBefore: runAt })
    }
  })

  it('is pending when its time has come already', () => {
    for (const options of [{ delay: 0 }, { runAt: NOW }, { runAt: new Date(0) }]) {
      expect(submit(options)).toMatchObject({ status: 'pending', notBefore: undefined })
    }
  })

  it('keeps what the schema of the task makes of the input', () => {
    const input = z.object({ keep: z.number().default(7) })
    expect(submit({}, {}, { input }).input).toEqual({ keep: 7 })
  })

  it.each<[SubmitOptions, object | undefined]>([
    [{}, undefined],
    [{ unique: { key: 'k' } }, { key: 'k', until: undefined, onDuplicate: 'return' }],
    [
      { unique: { key: 'k', period: '1s' } },
      { key: 'k', until: NOW + 1000, onDuplicate: 'return' },
    ],
    [
      { unique: { key: 'k', keepLast: true } },
      { key: 'k', until: undefined, onDuplicate: 'keep-last' },
    ],
    [
      { throttle: { key: 'k', period: '1s' } },
      { key: 'k', until: NOW + 1000, onDuplicate: 'return' },
    ],
    [
      { debounce: { key: 'k', period: '1s' } },
      { key: 'k', until: undefined, onDuplicate: 'keep-last' },
    ],
  ])('maps %j to the uniqueness %j', (options, unique) => {
    expect(submit(options).unique).toEqual(unique)
  })

  it('waits for its dependencies, and with debounce for its period', () => {
    expect(submit({ dependsOn: { left: 'a' }, delay: 5 })).toMatchObject({
      status: 'blocked',
      notBefore: NOW + 5,
      dependencies: [{ key: 'left', id: 'a' }],
    })
    expect(submit({ debounce: { key: 'k', period: 7 } })).toMatchObject({
      status: 'scheduled',
      notBefore: NOW + 7,
    })
  })

  it('is refused with every place in the input that is wrong', () => {
    const input = z.object({ piece: z.string(), sizes: z.array(z.number()) })
    const given = { piece: 1, sizes: [1, 'x'] }
    expect(() => submit({}, given, { input })).toThrow(InputError)
    expect(() => submit({}, given, { input })).toThrow(/plan\/task .*piece: .*; sizes\.1: /)
  })

  it.each<[string, SubmitOptions]>([
    ['delay and runAt together', { delay: 1, runAt: 1 }],
    ['an invalid date', { runAt: new Date(Number.NaN) }],
    ['an infinite time', { runAt: Number.POSITIVE_INFINITY }],
    ['a delay that is no duration', { delay: 'soon' }],
    ['a negative delay', { delay: -1 }],
    ['an unknown priority', { priority: 'urgent' as 'high' }],
    ['a priority out of range', { priority: 1001 }],
    ['a timeout that is no duration', { timeout: '1 minute' }],
    ['no attempt at all', { retry: { attempts: 0 } }],
    ['delay and debounce together', { delay: 1, debounce: { key: 'k', period: 1 } }],
    ['two kinds of unique keys', { unique: { key: 'k' }, throttle: { key: 'k', period: 1 } }],
    ['an empty unique key', { unique: { key: '' } }],
    ['keepLast with a period', { unique: { key: 'k', keepLast: true, period: 1 } }],
    ['an unknown policy', { onDependencyFailure: 'ignore' as 'run' }],
    ['an empty group', { group: '' }],
    ['a backoff without a delay', { retry: { backoff: { type: 'fixed', delay: 'soon' } } }],
    ['one dependency twice', { dependsOn: ['a', 'a'] }],
    ['half an attempt', { retry: { attempts: 1.5 } }],
    ['attempts that are no number', { retry: { attempts: Number.NaN } }],
  ])('is refused with %s', (_, options) => {
    expect(() => submit(options)).toThrow(InputError)
  })
})
