import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { KILN_PLANS, runCollected } from '../collected-io.ts'

const PLAN = `
setpoint: 1
name: shop
actions: ./actions.ts
tasks: { tidy: tidy }
schedules:
  nightly: { task: tidy, cron: "0 3 * * *", timezone: Europe/Berlin, input: { keep: 7 } }
  on-push: { task: tidy, on: "deploy.**", input: "\${{ event.data }}" }
`

let plans = ''
let db = ''

beforeEach(() => {
  plans = mkdtempSync(join(tmpdir(), 'setpoint-schedules-'))
  db = join(plans, 'setpoint.db')
  writeFileSync(join(plans, 'plan.yaml'), PLAN)
  writeFileSync(join(plans, 'actions.ts'), 'export const tidy = () => 1\n')
  onTestFinished(() => rmSync(plans, { recursive: true, force: true }))
})

function schedule(...argv: string[]) {
  return runCollected(['schedule', ...argv, '--plans', plans])
}

function stored(...argv: string[]) {
  return schedule(...argv, '--db', db)
}

async function listed() {
  return JSON.parse((await stored('ls', '--json')).stdout).items
}

test('the schedules of the plans are listed, and looking makes no database', async () => {
  const { code, stdout } = await stored('ls')
  expect(code).toBe(0)
  const [titles, nightly, push] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/))
  expect(titles).toEqual(['schedule', 'state', 'task', 'trigger', 'next', 'last'])
  expect(nightly?.slice(0, 4)).toEqual([
    'shop/nightly',
    'on',
    'tidy',
    'cron 0 3 * * * Europe/Berlin',
  ])
  expect(nightly?.[4]).toMatch(/^\d{4}-\d\d-\d\d 03:00:00 \+0[12]:00$/)
  expect(push).toEqual(['shop/on-push', 'on', 'tidy', 'on deploy.**', '-', '-'])
  expect(existsSync(db)).toBe(false)
})

test('the next instants are told in the zone of the schedule and in UTC', async () => {
  const { code, stdout } = await schedule('next', 'shop/nightly', '10')
  expect(code).toBe(0)
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toMatch(/^Europe\/Berlin +UTC$/)
  expect(lines).toHaveLength(11)
  expect(lines[1]).toMatch(/^\S+ 03:00:00 \+0[12]:00 {2}\S+T0[12]:00:00Z$/)
  const [first] = JSON.parse((await schedule('next', 'shop/nightly', '1', '--json')).stdout)
  expect(Date.parse(first.local)).toBe(first.at)
  expect(Date.parse(first.utc)).toBe(first.at)
})

test('a schedule that fires on no time is exit code 1', async () => {
  const { code, stderr } = await schedule('next', 'shop/on-push')
  expect(code).toBe(1)
  expect(stderr).toBe('schedule "shop/on-push" has no next instant: on deploy.**\n')
})

test('a schedule is submitted with its fixed input, and it is said that a runtime runs it', async () => {
  const { code, stdout, stderr } = await stored('run', 'shop/nightly')
  expect(code).toBe(0)
  expect(stderr).toBe('shop/tidy is stored: a runtime has to run it\n')
  const store = sqliteStore(db)
  await store.open()
  expect(await store.get(stdout.trim())).toMatchObject({
    task: 'tidy',
    status: 'pending',
    source: 'schedule',
    input: { keep: 7 },
    tags: ['schedule:shop/nightly'],
  })
  await store.close()
})

test('a schedule whose input is made from an event cannot be run', async () => {
  const { code, stderr } = await stored('run', 'shop/on-push')
  expect(code).toBe(2)
  expect(stderr).toContain('submit shop/tidy with an input instead')
})

test('a schedule is switched off before anything has run, and on again', async () => {
  const off = await stored('disable', 'shop/nightly')
  expect(off).toMatchObject({ code: 0, stdout: 'schedule "shop/nightly" is off\n' })
  expect(await listed()).toMatchObject([
    { id: 'shop/nightly', enabled: false, next: null },
    { id: 'shop/on-push', enabled: true },
  ])
  expect((await stored('enable', 'shop/nightly')).stdout).toBe('schedule "shop/nightly" is on\n')
  expect(await listed()).toMatchObject([{ enabled: true, next: expect.any(Number) }, {}])
})

test('a schedule that is none is exit code 2 with the nearest name, and nothing is stored', async () => {
  const { code, stderr } = await stored('disable', 'shop/nigtly')
  expect(code).toBe(2)
  expect(stderr).toContain('there is no schedule "shop/nigtly"; did you mean "shop/nightly"?')
  expect(existsSync(db)).toBe(false)
})

test('plans without schedules are said to have none', async () => {
  const argv = ['schedule', 'ls', '--plans', KILN_PLANS, '--db', db]
  const { code, stderr } = await runCollected(argv)
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'no plan has a schedule\n' })
})

test('a long trigger is cut in the table, and whole in JSON', async () => {
  const name = `deploy.${'a-very-long-name.'.repeat(8)}done`
  writeFileSync(join(plans, 'plan.yaml'), PLAN.replace('deploy.**', name))
  const { stdout } = await stored('ls')
  expect(stdout).toMatch(/ {2}on deploy\.\S{49}… {2}/)
  expect((await listed()).map(({ trigger }: { trigger: string }) => trigger)).toContain(
    `on ${name}`,
  )
})
