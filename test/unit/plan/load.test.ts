import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { definePlan } from '../../../src/plan/define.ts'
import { loadPlan, loadPlans, readPlans } from '../../../src/plan/load.ts'
import { diagnosticsOf, faultOf, writeFolder } from './plan-folder.ts'

const fixtures = fileURLToPath(new URL('../../fixtures/plans/', import.meta.url))
const webService = join(fixtures, 'web-service')
const fiveMistakes = join(fixtures, 'broken/five-mistakes')

const MINIMAL = { 'plan.yaml': 'setpoint: 1\nname: minimal\ntasks: { a: run }\n' }
const ACTIONS = { 'actions.ts': 'export const run = () => 1\n' }

describe('loadPlan', () => {
  it('loads a folder with its machine, tasks, files of tasks and code', async () => {
    const plan = await loadPlan(webService)
    expect(plan).toMatchObject({
      name: 'web-service',
      folder: webService,
      resources: { port: 1, disk: 2 },
    })
    expect([...plan.tasks.keys()]).toEqual([
      'start-server',
      'stop-server',
      'drain',
      'resume',
      'smoke-test',
      'probe',
      'nightly/backup',
    ])
    expect(plan.tasks.get('probe')?.requires).toEqual(['up.serving'])
    expect(plan.tasks.get('nightly/backup')).toMatchObject({
      title: 'Nightly backup',
      requires: ['up.drained'],
      resources: { disk: 1 },
    })
  })

  it('describes every state of the machine, in document order', async () => {
    const { world } = await loadPlan(webService)
    expect([...(world?.states.values() ?? [])]).toMatchObject([
      { path: 'stopped', type: 'atomic', check: { name: 'isStopped' }, priority: 10 },
      { path: 'up', type: 'compound', check: undefined },
      { path: 'up.serving', check: { name: 'isServing' }, tags: ['reachable'], serial: false },
      { path: 'up.drained', check: { name: 'isDrained' }, serial: true, timeout: 5000 },
    ])
    expect(world?.states.get('stopped')?.check?.run({} as never)).toBe(true)
  })

  it('reads JSON Schema, with its defaults and its refusals', async () => {
    const input = (await loadPlan(webService)).tasks.get('nightly/backup')?.input
    expect(input?.parse({ folder: './backups' })).toEqual({ folder: './backups', keep: 7 })
    expect(input?.safeParse({ folder: '' }).success).toBe(false)
    expect(input?.safeParse({ folder: 'x', extra: 1 }).success).toBe(false)
  })

  it('reports five different mistakes at once, each where it stands', async () => {
    const folder = fiveMistakes
    const text = await readFile(join(folder, 'plan.yaml'), 'utf8')
    const diagnostics = await diagnosticsOf(loadPlan(folder))
    expect(diagnostics.map((each) => faultOf(each, text))).toEqual([
      { rule: 'unknown-key', path: 'descripton', line: 3, text: 'descripton' },
      {
        rule: 'unknown-target',
        path: 'machine.states.cold.on.HEAT.target',
        line: 10,
        text: 'hott',
      },
      { rule: 'unknown-check', path: 'machine.states.hot.meta.check', line: 12, text: 'isHott' },
      { rule: 'invalid-value', path: 'tasks.heat.timeout', line: 15, text: '3 fortnights' },
      { rule: 'unknown-state', path: 'tasks.fire.requires', line: 17, text: 'warm' },
    ])
    expect(diagnostics.map(({ suggestion }) => suggestion)).toEqual([
      'description',
      'hot',
      'isHot',
      undefined,
      undefined,
    ])
  })

  it('shows every mistake with its line and a caret in the message of the error', async () => {
    const folder = fiveMistakes
    await expect(loadPlan(folder)).rejects.toMatchObject({ code: 'plan_invalid' })
    await expect(loadPlan(folder)).rejects.toThrow(
      [
        `${folder}/plan.yaml:10:25: "hott" names no state (unknown-target)`,
        '  10 |         HEAT: { target: hott, meta: { task: heat } }',
        '     |                         ^^^^',
        '  did you mean "hot"?',
      ].join('\n'),
    )
  })

  it('reads the machine from its own file as Stately exports it', async () => {
    const machine = { id: 'm', initial: 'a', states: { a: { meta: { check: 'run' } } } }
    const folder = await writeFolder({
      ...MINIMAL,
      ...ACTIONS,
      'machine.json': JSON.stringify(machine, null, '\t'),
    })
    expect((await loadPlan(folder)).world?.machine.id).toBe('m')
  })

  it('names the file of a machine or a task in which a mistake stands', async () => {
    const folder = await writeFolder({
      ...MINIMAL,
      ...ACTIONS,
      'machine.json':
        '{\n  "initial": "b",\n  "states": { "a": { "meta": { "check": "run" } } }\n}',
      'tasks/deep/er.yaml': 'run: run\nrequires: c\n',
      'tasks/empty.yaml': '',
      'tasks/Bad.yaml': 'run: run\n',
    })
    expect(await diagnosticsOf(loadPlan(folder))).toMatchObject([
      { rule: 'invalid-name', file: join(folder, 'tasks/Bad.yaml'), line: 1, column: 1 },
      { rule: 'wrong-type', file: join(folder, 'tasks/empty.yaml'), line: 1, column: 1 },
      { rule: 'unknown-state', file: join(folder, 'tasks/deep/er.yaml'), line: 2, column: 11 },
      { rule: 'initial-unknown', file: join(folder, 'machine.json'), line: 2, column: 14 },
    ])
  })

  it('refuses a machine or a task that is declared twice, and names the other place', async () => {
    const folder = await writeFolder({
      'plan.yaml':
        'setpoint: 1\nname: twice\nmachine: { initial: a, states: { a: { meta: { check: run } } } }\ntasks: { a: run }\n',
      ...ACTIONS,
      'machine.json': '{}',
      'tasks/a.yaml': 'run: run\n',
    })
    expect(await diagnosticsOf(loadPlan(folder))).toMatchObject([
      {
        rule: 'duplicate-machine',
        line: 3,
        column: 1,
        message: `${join(folder, 'machine.json')} declares this too`,
      },
      {
        rule: 'duplicate-task',
        line: 4,
        column: 10,
        message: `${join(folder, 'tasks/a.yaml')} declares this too`,
      },
    ])
  })

  it('says nothing more about parts that could not be read', async () => {
    const folder = await writeFolder({
      'plan.yaml':
        'setpoint: 1\nname: broken\nactions: ./actions.ts\ntasks: { a: { run: x, requires: b } }\n',
      'actions.ts': 'throw new Error("the sensor is missing")\n',
      'machine.json': '{ "states": [',
      'tasks/b.yaml': 'run: "\n',
    })
    const diagnostics = await diagnosticsOf(loadPlan(folder))
    expect(new Set(diagnostics.map(({ rule }) => rule))).toEqual(
      new Set(['yaml-syntax', 'actions-failed']),
    )
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        path: 'actions',
        file: join(folder, 'actions.ts'),
        line: 1,
        column: 7,
        message: '"./actions.ts" cannot be loaded: Error: the sensor is missing',
      }),
    )
  })

  it.each([
    ['../outside.ts', 'outside-folder'],
    ['/etc/hosts', 'outside-folder'],
    ['./link.ts', 'outside-folder'],
    ['./none.ts', 'actions-missing'],
    ['./tasks', 'unreadable'],
    ['"a\\0b"', 'unreadable'],
  ])('refuses %s as a file of actions', async (actions, rule) => {
    const outside = await writeFolder({ 'outside.ts': 'export {}' })
    const folder = await writeFolder({ 'plan.yaml': `setpoint: 1\nname: a\nactions: ${actions}\n` })
    await mkdir(join(folder, 'tasks'))
    await symlink(join(outside, 'outside.ts'), join(folder, 'link.ts'))
    expect(await diagnosticsOf(loadPlan(folder))).toMatchObject([
      { rule, path: 'actions', line: 3, column: 10 },
    ])
  })

  it('refuses files of the plan that are links out of its folder', async () => {
    const outside = await writeFolder({ 'task.yaml': 'run: run\n', 'machine.json': '{}' })
    const folder = await writeFolder({ ...MINIMAL, ...ACTIONS })
    await mkdir(join(folder, 'tasks'))
    await symlink(join(outside, 'task.yaml'), join(folder, 'tasks/leak.yaml'))
    await symlink(join(outside, 'machine.json'), join(folder, 'machine.json'))
    expect(await diagnosticsOf(loadPlan(folder))).toMatchObject([
      { rule: 'outside-folder', file: join(folder, 'machine.json') },
      { rule: 'outside-folder', file: join(folder, 'tasks/leak.yaml') },
    ])
  })

  it('refuses what is no UTF-8 text, too large, wrongly named or not there', async () => {
    const folder = await writeFolder({
      ...ACTIONS,
      'tasks/a.yaml': new Uint8Array([0xc3, 0x28]),
      'tasks/b.yaml': `#${' '.repeat(256 * 1024)}`,
      'tasks/c.yml': 'run: run',
    })
    const diagnostics = await diagnosticsOf(loadPlan(folder))
    expect(diagnostics.map(({ rule }) => rule)).toEqual([
      'not-utf8',
      'too-large',
      'task-file',
      'no-plan',
    ])
    expect(await diagnosticsOf(loadPlan(join(folder, 'none')))).toMatchObject([
      { rule: 'no-folder' },
    ])
  })

  it('gives a new version and new code when a file of the plan changes', async () => {
    const folder = await writeFolder({ ...MINIMAL, ...ACTIONS })
    const first = await loadPlan(folder)
    expect((await loadPlan(folder)).version).toBe(first.version)
    await writeFile(join(folder, 'actions.ts'), 'export const run = () => 2\n')
    const second = await loadPlan(folder)
    expect(second.version).not.toBe(first.version)
    expect(first.tasks.get('a')?.run({} as never)).toBe(1)
    expect(second.tasks.get('a')?.run({} as never)).toBe(2)
  })
})

describe('loadPlans', () => {
  it('takes definitions, plan folders and folders of plans', async () => {
    const plans = await writeFolder({
      'b/plan.yaml': 'setpoint: 1\nname: b\n',
      'a/plan.yaml': 'setpoint: 1\nname: a\n',
      'notes/readme.md': 'no plan',
    })
    const defined = definePlan({ name: 'defined', tasks: {} })
    const loaded = await loadPlans([defined, plans, webService])
    expect(loaded.map(({ name }) => name)).toEqual(['defined', 'a', 'b', 'web-service'])
  })

  it('reports the mistakes of all plans together', async () => {
    const plans = await writeFolder({
      'a/plan.yaml': 'setpoint: 1\nname: A\n',
      'b/plan.yaml': 'setpoint: 2\nname: b\n',
    })
    expect(await diagnosticsOf(loadPlans([plans, join(plans, 'c')]))).toMatchObject([
      { file: join(plans, 'a/plan.yaml'), rule: 'invalid-value', path: 'name' },
      { file: join(plans, 'b/plan.yaml'), rule: 'invalid-value', path: 'setpoint' },
      { file: join(plans, 'c'), rule: 'no-folder' },
    ])
  })

  it('refuses two plans of one name and names the first', async () => {
    const plans = await writeFolder({
      'a/plan.yaml': 'setpoint: 1\nname: same\n',
      'b/plan.yaml': 'setpoint: 1\nname: same\n',
    })
    expect(await diagnosticsOf(loadPlans([plans]))).toMatchObject([
      {
        rule: 'duplicate-plan',
        file: join(plans, 'b/plan.yaml'),
        line: 2,
        column: 7,
        message: `the plan "same" is already declared at ${join(plans, 'a/plan.yaml')}:2:7`,
      },
    ])
  })

  it('says of a folder without any plan that it has none', async () => {
    const folder = await writeFolder({ 'readme.md': 'nothing here' })
    expect(await diagnosticsOf(loadPlans([folder]))).toMatchObject([
      { rule: 'no-plan', file: folder },
    ])
  })
})

describe('readPlans', () => {
  it('reads each plan by itself, so that one with mistakes hides none of the others', async () => {
    const plans = await writeFolder({
      'a/plan.yaml': 'setpoint: 1\nname: good\n',
      'b/plan.yaml': 'setpoint: 2\nname: bad\n',
      'c/plan.yaml': 'setpoint: 1\nname: good\n',
    })
    const reads = await readPlans([plans])
    expect(reads.map(({ folder, plan }) => [folder, plan?.name])).toEqual([
      [join(plans, 'a'), 'good'],
      [join(plans, 'b'), undefined],
      [join(plans, 'c'), undefined],
    ])
    expect(reads.map(({ diagnostics }) => diagnostics.map(({ rule }) => rule))).toEqual([
      [],
      ['invalid-value'],
      ['duplicate-plan'],
    ])
    expect(reads[1]?.texts.get(join(plans, 'b/plan.yaml'))).toContain('name: bad')
  })
})
