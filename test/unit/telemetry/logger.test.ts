import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLogger, type LoggerOptions } from '../../../src/telemetry/logger.ts'
import { createTracing } from '../../../src/telemetry/tracing.ts'
import { makeKiln } from '../../support/kiln.ts'
import { temporaryFolder } from '../../support/plan-folders.ts'
import { planOf, startRuntime } from '../../support/runtimes.ts'
import { recordSpans } from '../../support/spans.ts'

function keepLines(options: LoggerOptions = {}) {
  const lines: string[] = []
  const log = createLogger({ ...options, destination: { write: (line) => lines.push(line) } })
  const objects = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  return { log, lines, objects }
}

describe('a log', () => {
  it('writes one JSON object a line, with time, level, message and fields', () => {
    const { log, lines, objects } = keepLines()
    log.info('started', { owner: 'me' })
    expect(lines[0]).toMatch(/\}\n$/)
    expect(objects()).toEqual([
      { time: expect.stringMatching(/^\d{4}-.*Z$/), level: 'info', msg: 'started', owner: 'me' },
    ])
  })

  it('writes nothing below its level, and nothing at all when it is silent', () => {
    const warnings = keepLines({ level: 'warn' })
    warnings.log.info('not this')
    warnings.log.warn('this')
    const silent = keepLines({ level: 'silent' })
    silent.log.error('not this')
    expect(warnings.objects().map(({ msg }) => msg)).toEqual(['this'])
    expect(silent.lines).toEqual([])
  })

  it('hides what stands under the name of a secret at any depth, in errors and texts as well', () => {
    const { log, lines } = keepLines()
    const error = Object.assign(new Error('no'), { request: { headers: { authorization: 'S1' } } })
    log.warn('to https://me:S2@host with Bearer S3', { a: [{ b: { password: 'S4' } }], error })
    expect(lines.join('')).not.toMatch(/S[1-4]/)
    expect(lines.join('')).toContain('[redacted]')
  })

  it('keeps its own fields apart from those of the same name', () => {
    const { log, objects } = keepLines()
    log.info('mine', { msg: 'yours', level: 7 })
    expect(objects()[0]).toMatchObject({ msg: 'mine', msg_: 'yours', level: 'info', level_: 7 })
  })

  it('writes lines for people; further lines of a message or an error are set in below', () => {
    const { log, lines } = keepLines({ pretty: true })
    log.error('went\nwrong\u001b[2J', { error: new Error('why'), attempt: 2 })
    const [head, ...below] = lines.join('').split('\n')
    expect(head).toMatch(/^\d{4}-\S+Z ERROR went error="why" attempt=2$/)
    expect(below[0]).toBe('    wrong\\u001b[2J')
    expect(below[1]).toMatch(/^ {4}at .*logger\.test\.ts/)
  })

  it('adds to a file', () => {
    const destination = join(temporaryFolder(), 'logs', 'setpoint.log')
    createLogger({ destination }).info('one')
    createLogger({ destination }).info('two')
    const lines = readFileSync(destination, 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['one', 'two'])
  })

  it('refuses a level that is none', () => {
    expect(() => createLogger({ level: 'loud' as 'info' })).toThrow(
      'the level of a log is one of debug, info, warn, error, silent, not "loud"',
    )
  })
})

describe('every line of a tasklet', () => {
  it('names it, its task and its trace: the handler, its transitions, its retries', async () => {
    recordSpans()
    const { log, objects } = keepLines()
    const kiln = makeKiln({
      fire: { requires: 'warm', run: ({ log }: Given) => log.info('fired', { grams: 12 }) },
    })
    kiln.doings['warm'] = ({ log }) => {
      log.info('warming')
      kiln.at = 'warm'
    }
    const { runtime } = await startRuntime(kiln.plan, { logger: log, tracing: createTracing() })
    const task = await runtime.submit('kiln/fire')
    await task.result()
    const traceId = (await runtime.get(task.id))?.traceId
    expect(traceId).toMatch(/^[0-9a-f]{32}$/)
    const named = { taskletId: task.id, plan: 'kiln', task: 'fire', traceId }
    const said = objects().filter(({ level }) => level === 'info')
    expect(said).toMatchObject([
      { msg: 'warming', transition: 'warm', ...named },
      { msg: 'fired', grams: 12, ...named },
    ])
  })

  it('names no trace where there is none', async () => {
    const { log, objects } = keepLines()
    const plan = planOf({ job: ({ log }: Given) => log.warn('careful') })
    const { runtime } = await startRuntime(plan, { logger: log })
    const task = await runtime.submit('plan/job')
    await task.result()
    const [line] = objects()
    expect(line).toMatchObject({ taskletId: task.id, plan: 'plan', task: 'job' })
    expect(line).not.toHaveProperty('traceId')
  })
})

interface Given {
  readonly log: {
    info(message: string, fields?: Record<string, unknown>): void
    warn(message: string, fields?: Record<string, unknown>): void
  }
}
