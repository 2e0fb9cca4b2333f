import { describe, expect, test } from 'vitest'
import { type Report, summarise, toLine } from './summary.ts'

function report(...statuses: [fullName: string, status: string][]): Report {
  const failed = statuses.some(([, status]) => status === 'failed')
  return {
    testResults: [
      {
        name: 'a.test.ts',
        status: failed ? 'failed' : 'passed',
        message: '',
        assertionResults: statuses.map(([fullName, status]) => ({ fullName, status })),
      },
    ],
  }
}

const broken: Report = {
  testResults: [
    { name: 'b.test.ts', status: 'failed', message: 'Unexpected token', assertionResults: [] },
  ],
}

describe('the summary of a test run', () => {
  test('counts what the report holds, and calls a run without failures good', () => {
    const summary = summarise(
      report(['a', 'passed'], ['b', 'passed'], ['c', 'skipped'], ['d', 'todo']),
      { ci: false },
    )

    expect(toLine(summary)).toBe('2 passed, 0 failed, 2 skipped')
    expect(summary.complaints).toEqual([])
  })

  test('counts a file that failed before its tests as a failure and names it', () => {
    const summary = summarise(broken, { ci: false })

    expect(toLine(summary)).toBe('0 passed, 1 failed, 0 skipped')
    expect(summary.complaints).toContain('b.test.ts did not run: Unexpected token')
  })

  test('does not count the file of a failed test twice', () => {
    const summary = summarise(report(['a', 'failed'], ['b', 'passed']), { ci: false })

    expect(summary.failed).toBe(1)
    expect(summary.complaints).toEqual(['1 failed'])
  })

  test('complains when nothing ran', () => {
    expect(summarise({ testResults: [] }, { ci: false }).complaints).toEqual(['no test passed'])
  })

  test('complains in CI about a skipped suite, so that a missing service is noticed', () => {
    const skipped = report(['a', 'passed'], ['the mysql store keeps records', 'skipped'])

    expect(summarise(skipped, { ci: true }).complaints).toEqual([
      'skipped, which CI does not allow: the mysql store keeps records',
    ])
  })

  test('names the services that were missing, each once', () => {
    const skipped = report(
      ['a', 'passed'],
      ['MySQL is not reachable (no) [service: mysql] inserts', 'skipped'],
      ['MySQL is not reachable (no) [service: mysql] claims', 'skipped'],
      ['Redis is not reachable (no) [service: redis] counts', 'skipped'],
      ['the memory store survives a restart [capability: durable]', 'skipped'],
    )

    expect(summarise(skipped, { ci: false })).toMatchObject({
      complaints: [],
      notes: [
        'not checked, mysql was not reachable: 2 skipped',
        'not checked, redis was not reachable: 1 skipped',
      ],
    })
    expect(summarise(skipped, { ci: true }).complaints).toHaveLength(3)
  })

  test('lets an engine skip by name what it does not offer', () => {
    const skipped = report(
      ['a', 'passed'],
      ['the memory store survives a restart [capability: durable]', 'skipped'],
    )

    expect(summarise(skipped, { ci: true }).complaints).toEqual([])
  })
})
