import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { BIN, freshPlace } from './cli-process.ts'

const PLAN = `setpoint: 1
name: desk
tasks:
  letter:
    steps:
      - { id: draft, run: draft, with: { to: "\${{ input.to }}" } }
      - id: approval
        waitFor: { event: letter.approved, where: "\${{ event.data.to == input.to }}", timeout: 1h }
      - { id: sent, run: send, with: "\${{ steps.draft.output }}" }
    output: { text: "\${{ steps.sent.output }}", by: "\${{ steps.approval.output.data.by }}" }
`
const ACTIONS = `export const draft = ({ input }) => 'Dear ' + input.to
export const send = ({ input }) => input + '!'
`

it('A run that waits in one process goes on by an event that another one tells', async () => {
  const place = freshPlace()
  writeFileSync(join(place.folder, 'plan.yaml'), PLAN)
  writeFileSync(join(place.folder, 'actions.ts'), ACTIONS)
  const shared = ['--plans', place.folder, '--db', join(place.folder, 'desk.db')]
  const running = place.start([
    process.execPath,
    BIN,
    'run',
    'desk/letter',
    '--input',
    '{"to":"Ann"}',
    '--json',
    ...shared,
  ])
  await running.said('waits')
  const waits = await place.run('events', 'waits', '--json', ...shared.slice(2))
  expect(waits.stdout).toContain('letter.approved')
  const wrong = ['letter.approved', '--data', '{"to":"Bob","by":"Cy"}']
  const right = ['letter.approved', '--data', '{"to":"Ann","by":"Di"}']
  for (const event of [wrong, right]) {
    const told = await place.run('events', 'emit', ...event, ...shared.slice(2))
    expect(told).toMatchObject({ code: 0 })
  }
  const { code, stdout, stderr } = await running.ended
  expect(code).toBe(0)
  expect(stderr).toContain('goes on')
  expect(stderr).not.toContain('given back')
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'completed',
    output: { text: 'Dear Ann!', by: 'Di' },
  })
})
