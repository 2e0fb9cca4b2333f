import { expect, test } from 'vitest'
import type { DayReport } from '../../plans/change-pipeline/work-day.ts'
import { PipelineScene } from '../fixtures/change-pipeline/scene.ts'

const T1 = { ticket: 'T-1', title: 'Show a price with two decimals' }
const T6 = { ticket: 'T-6', title: 'Refuse a price below nothing' }

interface TicketOutput {
  readonly ticket: string
  readonly commit: string | null
}

test('a batch comes into main in the order of its dependencies, and poison ends in the dead letters', async () => {
  const scene = new PipelineScene()
  const { output } = await scene.run<DayReport>('work-day')

  expect(output).toMatchObject({ merged: 4, failed: 2 })
  expect(output.tickets['T-4']).toMatchObject({ ended: 'failed', kind: 'error' })
  expect(output.tickets['T-5']).toMatchObject({ ended: 'failed', kind: 'dependency' })
  const merges = scene.git('log', '--reverse', '--merges', '--format=%s', 'main').split('\n')
  expect(merges.toSorted()).toEqual([
    'Merge T-1: Show a price with two decimals',
    'Merge T-2: Add up a basket',
    'Merge T-3: Take a discount off a basket',
    'Merge T-6: Refuse a price below nothing',
  ])
  const order = merges.map((merge) => merge.slice('Merge '.length, 'Merge T-0'.length))
  expect(order.filter((ticket) => ticket !== 'T-6')).toEqual(['T-1', 'T-2', 'T-3'])

  const letters = await scene.deadLetters()
  const seen = letters.map(({ input, error }) => [
    (input as { ticket: string }).ticket,
    error?.kind,
  ])
  expect(seen.toSorted()).toEqual([
    ['T-4', 'error'],
    ['T-5', 'dependency'],
  ])
  expect(letters.map(({ attempts }) => attempts).toSorted()).toEqual([0, 2])

  const again = await scene.run<DayReport>('work-day')
  expect(again.output).toMatchObject({ merged: 0, failed: 2 })
  expect(again.output.tickets['T-3']).toEqual({ ended: 'unchanged' })
})

test('a ticket waits for a person without the work tree, so that another one passes it', async () => {
  const scene = new PipelineScene()
  const first = scene.start('ticket', { ...T1, reviewer: 'person' })
  await first.said('T-1 waits for approval')
  const second = await scene.run<TicketOutput>('ticket', T6)
  expect(second.output.ticket).toBe('T-6')
  expect(scene.git('log', '--format=%s', '--merges', 'main')).toBe(`Merge T-6: ${T6.title}`)

  await scene.ask('events', 'emit', 'approval.given', '--data', '{"ticket": "T-1"}')
  const { code } = await first.ended
  expect(code).toBe(0)
  expect(scene.git('log', '-1', '--format=%s', 'main')).toBe(`Merge T-1: ${T1.title}`)
})

test('what somebody has left in the work tree is put into the stash before a ticket begins', async () => {
  const scene = new PipelineScene()
  await scene.run('ticket', T1)
  scene.git('checkout', '--quiet', '-b', 'ticket/T-9')
  scene.leave('half-done.js')
  const { code, stderr } = await scene.start('ticket', T6).ended

  expect(code).toBe(0)
  expect(stderr).toMatch(/ticket\.dirty ──STASH \S+ ticket\.clean ──CHECKOUT_MAIN \S+ main\.clean/)
  expect(scene.has('half-done.js')).toBe(false)
  expect(scene.git('stash', 'list')).toContain('On ticket/T-9: left by an earlier task')
})

test('a merge that nobody has finished is given up before a ticket begins', async () => {
  const scene = new PipelineScene()
  await scene.run('ticket', T1)
  scene.git('checkout', '--quiet', '-b', 'other')
  scene.git('commit', '--quiet', '--allow-empty', '--message', 'nothing')
  scene.git('checkout', '--quiet', 'main')
  scene.git('merge', '--quiet', '--no-ff', '--no-commit', 'other')
  await scene.run('ticket', T6)
  expect(scene.git('log', '-1', '--format=%s', 'main')).toBe(`Merge T-6: ${T6.title}`)
  expect(scene.git('branch', '--no-merged', 'main').trim()).toBe('other')
})

test('a ticket that nobody has written says where its code would come from', async () => {
  const scene = new PipelineScene()
  const { code, stderr } = await scene.start('ticket', { ticket: 'T-77', title: 'More' }).ended
  expect(code).toBe(1)
  expect(stderr).toContain('nobody has written T-77')
  expect(stderr).toContain('coder.ts')
})

test('on a machine without git the pipeline says so', async () => {
  const scene = new PipelineScene()
  const { code, stderr } = await scene.start('ticket', T1, { PATH: scene.emptyPath() }).ended
  expect(code).toBe(1)
  expect(stderr).toContain('there is no git on this machine: install it first')
})

test('a ticket whose name leads out of its folder is refused', async () => {
  const scene = new PipelineScene()
  const { code, stderr } = await scene.start('ticket', { ...T1, ticket: '../T-1' }).ended
  expect(code).toBe(2)
  expect(stderr).toContain('the input of change-pipeline/ticket is not valid')
})
