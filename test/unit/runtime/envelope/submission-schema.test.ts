import { describe, expect, it } from 'vitest'
import { readSubmission, refusal } from './messages.ts'

describe('the envelope of a submission', () => {
  it('is read as what a runtime is given', () => {
    const options = {
      priority: 'high',
      dependsOn: { first: 'id' },
      unique: { key: 'k', period: 'unsettled' },
      retry: { attempts: 2, backoff: { type: 'fixed', delay: '5s' } },
      tags: ['a'],
      hint: 'newer',
    }
    const submission = { task: 'kiln/fire', input: { piece: 'A1' }, options }
    expect(readSubmission(submission)).toEqual(submission)
    expect(readSubmission({ task: 'kiln/fire' })).toEqual({ task: 'kiln/fire' })
  })

  it('takes a time as milliseconds or as ISO 8601, and gives milliseconds', () => {
    const at = Date.UTC(2030, 0, 31, 7)
    for (const runAt of [at, '2030-01-31T07:00:00Z', '2030-01-31T08:00:00+01:00']) {
      expect(readSubmission({ task: 'a/b', options: { runAt } }).options?.runAt).toBe(at)
    }
  })

  it.each([
    [{ priority: 'urgent' }, 'options.priority: "urgent" is not a priority'],
    [{ priority: 1001 }, 'options.priority: '],
    [{ delay: '5x' }, 'options.delay: "5x" is not a duration'],
    [{ delay: `${'9'.repeat(400)}s` }, 'options.delay: too long for a duration'],
    [{ expiresAfter: null }, 'options.expiresAfter: neither a number nor a text'],
    [{ runAt: '2030-01-31T08:00:00' }, 'options.runAt: '],
    [{ dependsOn: 5 }, 'options.dependsOn: neither a list of ids nor an object of ids by name'],
    [{ unique: { key: '' } }, 'options.unique.key: '],
    [{ retry: { attempts: 0 } }, 'options.retry.attempts: '],
    [{ source: 'elsewhere' }, 'options.source: '],
  ])('refuses the options %j and names the place', (options, reason) => {
    expect(refusal({ setpoint: 1, submission: { task: 'a/b', options } })).toContain(
      `submission.${reason}`,
    )
  })

  it.each(['fire', '/fire', 'kiln/', 5, undefined])('refuses the task %j', (task) => {
    expect(refusal({ setpoint: 1, submission: { task } })).toContain('submission.task: ')
  })
})
