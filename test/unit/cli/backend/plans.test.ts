import { expect, onTestFinished, test, vi } from 'vitest'
import { place, WAYS } from './place.ts'

test('a plan is shown, and a path in it found, the same; but a server tells no folder', async () => {
  const { ways } = await place()
  const commands = [
    ['plan', 'show', 'shop'],
    ['plan', 'show'],
    ['plan', 'path', 'shop', 'open'],
    ['plan', 'path', 'shop', 'shut'],
    ['plan', 'path', 'shop', 'shut', '--from', 'open.calm'],
    ['plan', 'path', 'shop', 'calm'],
  ]
  const known = (text: string) =>
    JSON.parse(text, (key, value) => (key === 'folder' ? null : value))
  const codes: number[] = []
  for (const command of commands) {
    const [near, far] = await Promise.all(WAYS.map((way) => ways[way](...command)))
    expect(far, command.join(' ')).toEqual(near)
    const [ours, theirs] = await Promise.all(WAYS.map((way) => ways[way](...command, '--json')))
    expect(known(theirs?.stdout ?? ''), command.join(' ')).toEqual(known(ours?.stdout ?? ''))
    codes.push(far?.code ?? -1)
  }
  expect(codes).toEqual([0, 0, 0, 0, 1, 2])
})

test('a world that no check recognises is exit code 1 with what each check said', async () => {
  const { ways } = await place()
  vi.stubEnv('SHOP_STATE', 'gone')
  onTestFinished(() => void vi.unstubAllEnvs())
  const [near, far] = await Promise.all(
    WAYS.map((way) => ways[way]('plan', 'path', 'shop', 'open')),
  )
  expect(far).toEqual(near)
  expect(far).toMatchObject({ code: 1, stdout: '' })
  expect(far?.stderr).toContain('undetectable: the checks do not say')
  expect(far?.stderr).toContain('shut: false')
})

test('what was learned of a path is asked of the database, which a server is not', async () => {
  const { ways } = await place()
  expect((await ways.database('plan', 'path', 'shop', 'open', '--why')).code).toBe(0)
  const { code, stderr } = await ways.server('plan', 'path', 'shop', 'open', '--why')
  expect(code).toBe(2)
  expect(stderr).toContain('--db')
})

test('an exported plan is the same', async () => {
  const { ways } = await place()
  const command = ['plan', 'export', 'shop', '--task', 'ask', '--format', 'mermaid']
  const [near, far] = await Promise.all(WAYS.map((way) => ways[way](...command)))
  expect(near?.stdout).toContain('stateDiagram')
  expect(far?.stdout).toBe(near?.stdout)
})
