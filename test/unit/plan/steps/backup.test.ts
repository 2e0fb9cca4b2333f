import { expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { loadPlan } from '../../../../src/plan/load.ts'
import { writeFolder } from '../plan-folder.ts'
import { startProgram } from './programs.ts'

const PLAN = `
setpoint: 1
name: web-service
resources: { disk: 2 }
tasks:
  prune: { run: prune, resources: [disk] }
  backup:
    title: Nightly backup
    resources: [disk]
    input:
      type: object
      properties: { folder: { type: string, minLength: 1 }, keep: { type: integer, default: 7 } }
      required: [folder]
      additionalProperties: false
    steps:
      - id: tables
        run: listTables
      - id: dump
        each: \${{ steps.tables.output }}
        parallel: 2
        run: dumpTable
        with: { table: "\${{ item }}", folder: "\${{ input.folder }}" }
        retry: { attempts: 2 }
      - parallel:
          - run: checksum
          - run: notify
            if: \${{ size(steps.tables.output) > 10 }}
            onError: continue
      - task: prune
        with: { keep: "\${{ input.keep }}" }
    output: { files: "\${{ size(steps.dump.output) }}" }
`

const ACTIONS = `
export const listTables = () => ['users', 'orders', 'lines']
export const dumpTable = ({ input }) => input.folder + '/' + input.table
export const checksum = () => 'ok'
export const notify = () => { throw new Error('nobody is to be told of so few') }
export const prune = () => {}
`

it('A plan in files does its steps in order, and gives what its output says', async () => {
  const plan = await loadPlan(await writeFolder({ 'plan.yaml': PLAN, 'actions.ts': ACTIONS }))
  const { steps, resources } = plan.tasks.get('backup') ?? {}
  if (steps === undefined) throw new Error('the task has no steps')
  const inputs: unknown[] = []
  const { ended } = startProgram(
    steps,
    ({ action, input }) => {
      inputs.push(input)
      if (action.kind === 'run') return action.handler({ input } as TaskContext)
    },
    { input: { folder: './backups', keep: 7 } },
  )
  const { output, begun } = await ended()
  expect(output).toEqual({ status: 'completed', output: { files: 3 } })
  expect(begun).toEqual([
    'tables',
    'dump[0]',
    'dump[1]',
    'dump[2]',
    'steps[2].parallel[0]',
    'steps[3]',
  ])
  expect(inputs.at(-1)).toEqual({ keep: 7 })
  expect([...steps.subTasks]).toEqual(['prune'])
  expect(resources).toEqual({ disk: 1 })
})
