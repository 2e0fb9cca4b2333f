import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/cli/config/apply.ts'
import { resolveSettings } from '../../../../src/cli/config/resolve.ts'

const NOTHING = { flags: {}, env: {}, file: undefined, defaults: DEFAULTS }
const file = (values: object) => ({ file: 'setpoint.config.json', values })

test('a flag counts before the environment, that before the file, that before the default', () => {
  const all = {
    flags: { port: 1 },
    env: { SETPOINT_PORT: '2', SETPOINT_HOST: 'env' },
    file: file({ port: 3, host: 'file', plans: 'p' }),
    defaults: DEFAULTS,
  }
  expect(resolveSettings(all)).toEqual({
    port: { from: 'flag', value: 1 },
    host: { from: 'environment', value: 'env' },
    plans: { from: 'file', value: ['p'] },
    db: { from: 'default', value: '.setpoint/setpoint.db' },
  })
})

test('an empty variable counts as none', () => {
  expect(resolveSettings({ ...NOTHING, env: { SETPOINT_URL: '' } }).url).toBeUndefined()
})

test('a database that is named nearer than the server is used', () => {
  const env = { SETPOINT_URL: 'http://a' }
  expect(resolveSettings({ ...NOTHING, env, flags: { db: 'x' } }).url).toBeUndefined()
  const both = { ...env, SETPOINT_DB: 'x' }
  expect(resolveSettings({ ...NOTHING, env: both }).url?.value).toBe('http://a')
  expect(resolveSettings({ ...NOTHING, env, file: file({ db: 'x' }) }).url?.value).toBe('http://a')
})

test('a database and a server as flags are refused, and so is a port that is none', () => {
  expect(() => resolveSettings({ ...NOTHING, flags: { db: 'x', url: 'y' } })).toThrow(
    'give --url or --db',
  )
  expect(() => resolveSettings({ ...NOTHING, env: { SETPOINT_PORT: '70000' } })).toThrow(
    'SETPOINT_PORT is a port, a whole number 0..65535, not "70000"',
  )
})

test('brokers and queues to work on are settings like the others', () => {
  const env = { SETPOINT_DISPATCH: 'redis://env', SETPOINT_WORK: 'main, reports' }
  const values = { dispatch: 'redis://file', topics: 'amqp://file', work: 'main' }
  const settings = resolveSettings({ ...NOTHING, env, file: file(values) })
  expect(settings.dispatch).toEqual({ from: 'environment', value: 'redis://env' })
  expect(settings.topics).toEqual({ from: 'file', value: 'amqp://file' })
  expect(settings.work).toEqual({ from: 'environment', value: ['main', 'reports'] })
  expect(resolveSettings({ ...NOTHING, file: file({ work: [] }) }).work?.value).toEqual([])
})
