import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshPlace } from './cli-process.ts'

test('a folder that init has made runs at once, with the command that init has named', async () => {
  const place = freshPlace()
  const { code, stdout } = await place.run('init', 'demo', '--json')
  expect(code).toBe(0)
  const { next } = JSON.parse(stdout)
  expect(next).toEqual(['cd demo', 'npx setpoint run minimal/fire'])

  const plans = ['--plans', join('demo', 'plans')]
  const ran = await place.run('run', 'minimal/fire', ...plans, '--json')
  expect(JSON.parse(ran.stdout)).toMatchObject({
    status: 'completed',
    output: { fired: ['bowl', 'cup'] },
    trail: { steps: [{ event: 'HEAT', outcome: 'moved' }] },
  })
})

test('an example with code of many files runs where init was called', async () => {
  const place = freshPlace()
  const first = await place.run('init', '.', '--example', 'change-pipeline')
  expect(first.stdout).toContain('npx setpoint run change-pipeline/work-day')
  const ticket = { ticket: 'T-1', title: 'Show a price with two decimals' }
  const ran = await place.run('run', 'change-pipeline/ticket', '--input', JSON.stringify(ticket))
  expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('T-1 is in main') })
})

test('a second init of the same plan changes nothing and says what to do', async () => {
  const place = freshPlace()
  await place.run('init', 'demo')
  const again = await place.run('init', 'demo')
  expect(again).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('nothing was written: name another folder'),
  })
})

test('an example that is not there is refused with the nearest name', async () => {
  const { code, stderr } = await freshPlace().run('init', '--example', 'web-servic')
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean "web-service"?'),
  })
})
