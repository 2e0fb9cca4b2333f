import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createClient } from '../../src/http.ts'
import { BIN, type CliPlace, freshPlace, KILN_PLANS } from './cli-process.ts'

/** A server in a process of its own; resolves when it listens. */
async function started(place: CliPlace, env: Record<string, string> = {}, ...flags: string[]) {
  const command = [process.execPath, BIN, 'serve', '--port', '0', '--plans', KILN_PLANS, ...flags]
  const server = place.start(command, { env })
  await server.said('"msg":"serving"')
  const [, url = ''] = /"url":"([^"]+)"/.exec(server.texts.stderr) ?? []
  return { ...server, url }
}

test('a server runs what the command line submits, and a signal ends it', async () => {
  const place = freshPlace()
  const server = await started(place)
  const env = { SETPOINT_URL: server.url }
  const cli = (...argv: string[]) => place.start([process.execPath, BIN, ...argv], { env }).ended
  const submitted = await cli('submit', 'kiln/fire', '--input', '{"piece":"A1"}')
  expect(submitted.code).toBe(0)
  const id = submitted.stdout.trim()
  const record = await createClient(server.url).tasks.get(id, { wait: '20s' })
  expect(record.status).toBe('completed')
  const shown = await cli('tasks', 'show', id)
  expect(shown.stdout).toContain('kiln/fire')
  server.child.kill('SIGTERM')
  const { code, stdout, stderr } = await server.ended
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${server.url}\n` })
  expect(stderr).toContain('SIGTERM')
  expect((await cli('tasks', 'ls')).code).toBe(3)
})

test('events that a server tells are shown as they happen', async () => {
  const place = freshPlace()
  const server = await started(place)
  const tail = place.start([process.execPath, BIN, 'events', 'tail', 'order.*', '--json'], {
    env: { SETPOINT_URL: server.url },
  })
  const client = createClient(server.url)
  const line = tail.printed('\n')
  let isThere = false
  line.then(
    () => {
      isThere = true
    },
    () => {},
  )
  // It listens some time after it was started; each is told until one was heard.
  while (!isThere) await client.tell('order.paid', { total: 7 })
  await line
  tail.child.kill('SIGINT')
  const { code, stdout } = await tail.ended
  expect(code).toBe(0)
  const [first = ''] = stdout.split('\n')
  expect(JSON.parse(first)).toMatchObject({ name: 'order.paid', data: { total: 7 } })
})

test('a token of the environment is asked for, and a wrong one is refused', async () => {
  const place = freshPlace()
  const token = 'a-token-that-nobody-guesses'
  const { url } = await started(place, { SETPOINT_TOKEN: token })
  const list = (env: Record<string, string>) =>
    place.start([process.execPath, BIN, 'tasks', 'ls', '--url', url], { env }).ended
  expect((await list({ SETPOINT_TOKEN: token })).code).toBe(0)
  const { code, stderr } = await list({})
  expect(code).toBe(2)
  expect(stderr).toContain('SETPOINT_TOKEN')
})

test('a host that others reach is refused without a token, and a port that is taken', async () => {
  const place = freshPlace()
  const open = await place.run('serve', '--host', '0.0.0.0', '--port', '0', '--plans', KILN_PLANS)
  expect(open.code).toBe(2)
  expect(open.stderr).toContain('token')
  const { url } = await started(place)
  const taken = await freshPlace().run('serve', '--port', new URL(url).port, '--plans', KILN_PLANS)
  expect(taken.code).toBe(2)
  expect(taken.stderr).toContain('is taken')
})

test('the file of the folder configures the server', async () => {
  const place = freshPlace()
  const config = { queues: { bulk: { concurrency: 1 } }, db: 'other.db' }
  writeFileSync(join(place.folder, 'setpoint.config.json'), JSON.stringify(config))
  const { url } = await started(place)
  expect((await createClient(url).queues.list()).map(({ queue }) => queue)).toContain('bulk')
  const { code } = await place.run('tasks', 'ls', '--db', 'other.db')
  expect(code).toBe(0)
})

test('a second signal ends a server that waits for its work', async () => {
  const place = freshPlace('hot')
  const server = await started(place)
  const { tasks } = createClient(server.url)
  const { id } = await tasks.submit('kiln/watch')
  while ((await tasks.get(id)).phase !== 'executing') await tasks.get(id, { wait: '50ms' })
  server.child.kill('SIGINT')
  await server.said('SIGINT: letting running work end')
  server.child.kill('SIGINT')
  expect((await server.ended).code).toBe(130)
})
