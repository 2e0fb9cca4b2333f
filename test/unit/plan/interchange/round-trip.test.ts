import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnyStateMachine, createMachine } from 'xstate'
import { importMachine } from '../../../../src/plan/interchange/import.ts'
import { toTypeScript } from '../../../../src/plan/interchange/typescript.ts'
import { RandomMachine } from './random-machine.ts'

const MACHINES = fc.sample(RandomMachine, { numRuns: 500, seed: 20 })
const TSC = resolve('node_modules/.bin/tsc')

describe('five hundred random machines', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'setpoint-machines-'))
    await symlink(resolve('node_modules'), join(folder, 'node_modules'))
    await mkdir(join(folder, 'src'))
    await writeFile(join(folder, 'package.json'), '{"type": "module"}')
  })

  afterAll(() => rm(folder, { recursive: true }))

  it('come back from JSON as they were', () => {
    for (const machine of MACHINES) {
      const { config, diagnostics } = importMachine('m.json', JSON.stringify(machine))
      expect(diagnostics.filter(({ severity }) => severity !== 'warning')).toEqual([])
      expect(config).toEqual(JSON.parse(JSON.stringify(machine)))
    }
  })

  it('come back from TypeScript as they were', () => {
    for (const machine of MACHINES) {
      const { config, diagnostics } = importMachine('m.ts', toTypeScript(machine))
      expect(diagnostics.filter(({ severity }) => severity !== 'warning')).toEqual([])
      expect(config).toEqual(JSON.parse(JSON.stringify(machine)))
    }
  })

  it('compile as TypeScript, and XState takes what the module makes', async () => {
    await Promise.all(
      MACHINES.map((machine, index) =>
        writeFile(join(folder, 'src', `m${index}.ts`), toTypeScript(machine)),
      ),
    )
    const files = join(folder, 'src')
    const settings = {
      compilerOptions: {
        strict: true,
        noEmit: true,
        module: 'nodenext',
        target: 'es2024',
        types: [],
        skipLibCheck: true,
      },
      include: ['src'],
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings))
    const { stdout } = await promisify(execFile)(TSC, ['-p', folder], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    )
    expect(stdout).toBe('')
    for (const index of MACHINES.keys()) {
      const module = (await import(pathToFileURL(join(files, `m${index}.ts`)).href)) as {
        machine: AnyStateMachine
      }
      expect(Object.keys(module.machine.states)).toEqual(
        Object.keys(createMachine(MACHINES[index] as never).states),
      )
    }
  }, 120_000)
})
