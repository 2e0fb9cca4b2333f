import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Books } from '../../plans/portal-office/books.ts'
import { readState } from '../../plans/portal-office/state-files.ts'
import { statementOf } from '../../plans/portal-office/statements.ts'
import type { Trail } from '../../src/core/tasklet.ts'
import { PortalScene } from '../fixtures/portal-office/scene.ts'

interface Download {
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  readonly pieces: number
  readonly fetched: number
  readonly engine: string
}

interface Receipt {
  readonly receipt: number
}

const DESK = 'open.signedIn.desk'
const ARCHIVE = 'open.signedIn.archive'
const ROOMS = 'open.signedIn.rooms'

const INVOICE = { customer: 'Müller & "Sons" <Ltd>', cents: 1250 }

test('the first run opens the portal, signs in and takes the direct link; the second moves nothing', async () => {
  const scene = new PortalScene()
  const first = await scene.run<Download>('download-statement', { year: 2025, folder: 'papers' })
  expect(stepsOf(first.trail)).toEqual([
    ['OPEN', 'closed', 'open.signedOut', 'moved'],
    ['SIGN_IN', 'open.signedOut', DESK, 'moved'],
    ['FOLLOW_DIRECT_LINK', DESK, ARCHIVE, 'moved'],
  ])
  const statement = statementOf(2025) ?? Buffer.of()
  const sha256 = createHash('sha256').update(statement).digest('hex')
  expect(first.output).toMatchObject({ bytes: statement.length, sha256, pieces: 9, fetched: 9 })
  expect(readFileSync(first.output.file)).toEqual(statement)

  const second = await scene.run<Download>('download-statement', { year: 2024, folder: 'papers' })
  expect(second.trail).toEqual({ from: ARCHIVE, target: ARCHIVE, steps: [] })
  expect(second.output.engine).toBe('http')
  expect(scene.filesIn('papers').toSorted()).toEqual(['statement-2024.csv', 'statement-2025.csv'])
})

test('when the direct link is out of order the trail shows the failed step and the detour', async () => {
  const scene = new PortalScene()
  const trails: Trail[] = []
  for (let use = 1; use <= 3; use += 1) {
    trails.push((await scene.run('download-statement', { year: 2023 })).trail)
    await scene.run('file-invoice', INVOICE)
  }

  const direct = ['FOLLOW_DIRECT_LINK', DESK, ARCHIVE, 'moved']
  expect(trails.slice(0, 2).map((trail) => stepsOf(trail).at(-1))).toEqual([direct, direct])
  expect(stepsOf(trails[2]).slice(-3)).toEqual([
    ['FOLLOW_DIRECT_LINK', DESK, ARCHIVE, 'failed'],
    ['OPEN_ROOMS', DESK, ROOMS, 'moved'],
    ['OPEN_ARCHIVE', ROOMS, ARCHIVE, 'moved'],
  ])
  const failed = trails[2]?.steps.find(({ outcome }) => outcome === 'failed')
  expect(failed?.message).toContain('503: The direct link is out of order')
})

test('a download that meets the page to sign in is tried again and fetches only what is missing', async () => {
  const scene = new PortalScene()
  await scene.run('download-statement', { year: 2020 })
  await scene.endSessions(4, false)
  const { output, status } = await scene.run<Download>('download-statement', { year: 2021 })

  expect(status).toBe('completed')
  expect(output).toMatchObject({ pieces: 9, fetched: 5 })
  expect(readFileSync(output.file)).toEqual(statementOf(2021))
  expect(scene.filesIn('statements').toSorted()).toEqual([
    'statement-2020.csv',
    'statement-2021.csv',
  ])
})

test('a download that hangs as its session ends is taken off by the interrupt and costs no attempt', async () => {
  const scene = new PortalScene()
  await scene.run('download-statement', { year: 2020 })
  await scene.endSessions(4, true)
  const done = await scene.run<Download>('download-statement', { year: 2022 })

  expect(done).toMatchObject({ status: 'completed', attempts: 0 })
  expect(done.output).toMatchObject({ pieces: 9, fetched: 5 })
  expect(readFileSync(done.output.file)).toEqual(statementOf(2022))
})

test('a portal that was killed is opened again, and remembers what was filed', async () => {
  const scene = new PortalScene()
  const first = await scene.run<Receipt>('file-invoice', INVOICE)
  const { pid } = scene.portal
  await scene.killPortal()
  const second = await scene.run<Receipt>('file-invoice', INVOICE)

  expect(scene.portal.pid).not.toBe(pid)
  expect(second.trail.from).toBe('closed')
  expect([first.output.receipt, second.output.receipt]).toEqual([1001, 1002])
  const books = readState<Pick<Books, 'invoices'>>(scene.files.books)
  expect(books?.invoices.map(({ customer, cents }) => ({ customer, cents }))).toEqual([
    INVOICE,
    INVOICE,
  ])
})

test.each([
  ['a year without a statement', 'download-statement', { year: 1999 }],
  ['an amount that is not whole', 'file-invoice', { customer: 'Ahorn', cents: 0.5 }],
])('%s is refused before the portal is opened', async (_, task, input) => {
  const scene = new PortalScene()
  const { code } = await scene.start(task, input).ended
  expect(code).toBe(2)
  expect(scene.filesIn(join('.setpoint', 'portal-office'))).toEqual([])
})

function stepsOf(trail: Trail | undefined) {
  return trail?.steps.map(({ event, from, to, outcome }) => [event, from, to, outcome]) ?? []
}
