import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { EXAMPLES, findExample } from '../../../../src/cli/init/examples.ts'
import { makeProject } from '../../../../src/cli/init/project.ts'
import { packageFolder, packageVersion } from '../../../../src/cli/package.ts'
import { loadPlans } from '../../../../src/plan/load.ts'

const EXAMPLE = findExample('minimal')

let root: string
let template: { folder: string; version: string }

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'setpoint-init-'))
  template = { folder: packageFolder(), version: packageVersion() }
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
})

const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')

/** A package with one plan and a schema. */
function smallPackage(): { folder: string; version: string } {
  const folder = join(root, 'package')
  mkdirSync(join(folder, 'plans/minimal'), { recursive: true })
  mkdirSync(join(folder, 'docs/schema'), { recursive: true })
  const line = '# yaml-language-server: $schema=../../docs/schema/plan.schema.json\n'
  writeFileSync(join(folder, 'plans/minimal/plan.yaml'), `${line}setpoint: 1\nname: minimal\n`)
  writeFileSync(join(folder, 'docs/schema/plan.schema.json'), '{}')
  return { folder, version: '1.2.3' }
}

describe('a project is made', () => {
  test.each(EXAMPLES)('in which $name is a sound plan', async (example) => {
    await makeProject(join(root, 'demo'), example, template)
    const [plan] = await loadPlans([join(root, 'demo/plans')])
    expect(plan?.name).toBe(example.name)
    const [task = ''] = example.run.split(' ')
    expect([...(plan?.tasks.keys() ?? [])]).toContain(task.slice(task.indexOf('/') + 1))
  })

  test('with a package.json that names setpoint, and what git has to ignore', async () => {
    const { written } = await makeProject(join(root, 'My Shop!'), EXAMPLE, smallPackage())
    expect(JSON.parse(read('My Shop!/package.json'))).toEqual({
      name: 'my-shop',
      private: true,
      type: 'module',
      scripts: { start: 'setpoint run minimal/fire' },
      dependencies: { setpoint: '^1.2.3' },
    })
    expect(read('My Shop!/.gitignore').split('\n')).toContain('.setpoint/')
    expect(written).toEqual([
      'package.json',
      '.gitignore',
      join('plans', 'plan.schema.json'),
      join('plans', 'minimal'),
    ])
  })

  test('whose plan names the schema that stands beside it, and no other', async () => {
    await makeProject(root, EXAMPLE, smallPackage())
    expect(read('plans/minimal/plan.yaml')).toBe(
      '# yaml-language-server: $schema=../plan.schema.json\nsetpoint: 1\nname: minimal\n',
    )
    expect(read('plans/plan.schema.json')).toBe('{}')
  })

  test('around a package.json that is there, which stays as it is', async () => {
    writeFileSync(join(root, 'package.json'), '{ "name": "mine", "type": "commonjs" }')
    writeFileSync(join(root, '.gitignore'), 'mine')
    const { written } = await makeProject(root, EXAMPLE, template)
    expect(read('package.json')).toBe('{ "name": "mine", "type": "commonjs" }')
    expect(read('.gitignore')).toBe('mine')
    expect(written).not.toContain('package.json')
    expect(JSON.parse(read('plans/minimal/package.json'))).toMatchObject({ type: 'module' })
    expect(await loadPlans([join(root, 'plans')])).toHaveLength(1)
  })
})

describe('nothing is written', () => {
  test('over a plan that is there', async () => {
    mkdirSync(join(root, 'plans/minimal'), { recursive: true })
    writeFileSync(join(root, 'plans/minimal/plan.yaml'), 'mine')
    await expect(makeProject(root, EXAMPLE, template)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('is there already'),
    })
    expect(read('plans/minimal/plan.yaml')).toBe('mine')
    expect(readdirSync(root)).toEqual(['plans'])
  })

  test('where a file has the name of the folder', async () => {
    writeFileSync(join(root, 'demo'), 'mine')
    await expect(makeProject(join(root, 'demo'), EXAMPLE, template)).rejects.toThrow('is a file')
    expect(read('demo')).toBe('mine')
  })

  test('that is half of a plan', async () => {
    const incomplete = smallPackage()
    rmSync(join(incomplete.folder, 'plans/minimal/plan.yaml'))
    await expect(makeProject(join(root, 'demo'), EXAMPLE, incomplete)).rejects.toThrow('ENOENT')
    expect(readdirSync(join(root, 'demo/plans'))).toEqual(['plan.schema.json'])
  })
})
