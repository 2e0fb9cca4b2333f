import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { checkPort, checkServer } from '../../../../src/cli/doctor/server.ts'
import { systemClock } from '../../../../src/runtime/clock.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

/** A server that answers so; gone after the test. */
async function serving(answer: RequestListener): Promise<{ url: string; port: number }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port }
}

/** The address of a server that is gone. */
async function nobody(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

/** As a server of ours with this token. */
function setpoint(token?: string, ready = 200): RequestListener {
  return ({ url, headers }, response) => {
    const isOpen = token === undefined || headers.authorization === `Bearer ${token}`
    if (url === '/readyz') response.statusCode = ready
    else if (url === '/api/v1/stats') response.statusCode = isOpen ? 200 : 401
    response.end('{"reasons": [{"message": "the runtime is starting"}]}')
  }
}

async function found(url: string, token?: string, clock = systemClock) {
  const findings = await checkServer({ url, token }, clock)
  return findings.map(({ name, status }) => `${name} ${status}`)
}

test('A server that is ready and takes the token is well.', async () => {
  const { url } = await serving(setpoint('secret'))
  expect(await found(url, 'secret')).toEqual(['server ok', 'token ok'])
})

test('A token that is missing or wrong is a problem that names its variable, and not the token.', async () => {
  const { url } = await serving(setpoint('secret'))
  for (const token of [undefined, 'guessed']) {
    const findings = await checkServer({ url, token }, systemClock)
    expect(findings.at(-1)).toMatchObject({
      name: 'token',
      status: 'problem',
      fix: expect.stringContaining('SETPOINT_TOKEN'),
    })
    expect(JSON.stringify(findings)).not.toContain('guessed')
  }
})

test('A server that is not ready is a problem, and so is one that is none of ours.', async () => {
  const starting = await serving(setpoint(undefined, 503))
  const [waits] = await checkServer({ url: starting.url, token: undefined }, systemClock)
  expect(waits).toMatchObject({
    status: 'problem',
    message: `${starting.url} is not ready: the runtime is starting`,
  })
  const other = await serving((_, response) => void response.writeHead(404).end('nothing here'))
  const [finding] = await checkServer({ url: other.url, token: undefined }, systemClock)
  expect(finding?.message).toContain('no Setpoint server')
})

test('Where nobody listens the reason is told, and how to start a server.', async () => {
  const [finding] = await checkServer({ url: await nobody(), token: undefined }, systemClock)
  expect(finding?.message).toContain('ECONNREFUSED')
  expect(finding?.fix).toContain('setpoint serve')
})

test('A server that does not answer is given up.', async () => {
  const asked = Promise.withResolvers<void>()
  const { url } = await serving(() => asked.resolve())
  const clock = new ManualClock()
  const checking = checkServer({ url, token: undefined }, clock)
  await asked.promise
  await clock.advance('5s')
  expect((await checking)[0]?.message).toContain('nothing within 5 s')
})

test('A clock that is far from the one of the server is told of.', async () => {
  const { url } = await serving(setpoint())
  expect(await found(url, undefined, new ManualClock(0))).toContain('clock warning')
})

test('A port is free, taken by a server of ours, or taken by something else.', async () => {
  const ours = await serving((_, response) => void response.end('ok'))
  expect(await checkPort(ours.port, systemClock)).toMatchObject({ status: 'ok' })
  const other = await serving((_, response) => void response.writeHead(404).end())
  expect(await checkPort(other.port, systemClock)).toMatchObject({
    status: 'warning',
    fix: expect.stringContaining(`--port ${other.port + 1}`),
  })
})
