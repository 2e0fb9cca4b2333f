import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { writeCode } from '../../plans/change-pipeline/coder.ts'
import { git } from '../../plans/change-pipeline/git.ts'
import { reviewChange } from '../../plans/change-pipeline/review.ts'
import { runTests } from '../../plans/change-pipeline/test-run.ts'
import { readTickets, toEnd, toReport } from '../../plans/change-pipeline/work-day.ts'
import { makeWorkTree, whereIs } from '../../plans/change-pipeline/work-tree.ts'

const PLAN = join(import.meta.dirname, '../../plans/change-pipeline')
const { signal } = new AbortController()

let folder: string
let repository: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'setpoint-pipeline-'))
  repository = join(folder, 'repository')
  vi.stubEnv('SETPOINT_CHANGE_PIPELINE_DIR', folder)
  onTestFinished(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })
})

const make = () => makeWorkTree(join(PLAN, 'project'), signal)

describe('where the work tree is', () => {
  test('without a repository is noRepository, even inside of another one', async () => {
    // The folders around it may well be a repository: this one is.
    vi.stubEnv('SETPOINT_CHANGE_PIPELINE_DIR', join(PLAN, 'changes'))
    expect(await whereIs(signal)).toBe('noRepository')
  })

  test('is told from branch, changes and an unfinished merge', async () => {
    await make()
    expect(await whereIs(signal)).toBe('main.clean')
    writeFileSync(join(repository, 'new.js'), '')
    expect(await whereIs(signal)).toBe('main.dirty')
    await git(signal, 'checkout', '-q', '-b', 'main-2')
    expect(await whereIs(signal)).toBe('ticket.dirty')
    await git(signal, 'add', '--all')
    await git(signal, 'commit', '-q', '-m', 'new')
    expect(await whereIs(signal)).toBe('ticket.clean')
    await git(signal, 'checkout', '-q', 'main')
    await git(signal, 'merge', '-q', '--no-ff', '--no-commit', 'main-2')
    expect(await whereIs(signal)).toBe('merging')
  })

  test('without a branch is not main', async () => {
    await make()
    await git(signal, 'checkout', '-q', '--detach')
    expect(await whereIs(signal)).toBe('ticket.clean')
  })
})

describe('a repository', () => {
  test('has the project as its first commit, whatever git is told by its surroundings', async () => {
    vi.stubEnv('GIT_DIR', join(folder, 'elsewhere'))
    vi.stubEnv('GIT_INDEX_FILE', join(folder, 'elsewhere.index'))
    await make()
    expect(await git(signal, 'ls-files')).toContain('src/price.js')
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false)
  })

  test('is not made over a folder that is something else', async () => {
    mkdirSync(repository)
    writeFileSync(join(repository, 'mine'), 'mine')
    await expect(make()).rejects.toThrow('is no git repository: move it away')
    expect(readFileSync(join(repository, 'mine'), 'utf8')).toBe('mine')
  })

  test('says with the words of git what went wrong', async () => {
    await make()
    await expect(git(signal, 'checkout', 'nowhere')).rejects.toThrow(
      /^git checkout failed: .*'nowhere'/,
    )
  })
})

describe('tests', () => {
  test('that pass are counted', async () => {
    expect(await runTests(join(PLAN, 'project'), signal)).toMatchObject({ passed: 2, failed: [] })
  })

  test('whose process dies have failed', async () => {
    await make()
    const assignment = { ticket: 'T-4', title: 'poison', workTree: repository, plan: PLAN, signal }
    await writeCode({ ...assignment, feedback: undefined })
    const { failed, passed } = await runTests(repository, signal)
    expect(failed).toEqual([expect.stringContaining('francs.test.js')])
    expect(passed).toBe(2)
  })

  test('that are told to stop end', async () => {
    writeFileSync(join(folder, 'slow.test.js'), 'setInterval(() => {}, 1000)')
    const controller = new AbortController()
    const running = runTests(folder, controller.signal)
    controller.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
  })
})

describe('the coder', () => {
  test.each([
    ['without feedback has a first try', undefined, 'Math.round'],
    ['with what the tests said does better', 'not ok 1', 'Math.floor'],
  ])('%s', async (_, feedback, expected) => {
    const assignment = { ticket: 'T-3', title: 'Discount', workTree: folder, plan: PLAN, signal }
    await writeCode({ ...assignment, feedback })
    expect(readFileSync(join(folder, 'src/discount.js'), 'utf8')).toContain(expected)
  })
})

describe('the review', () => {
  test('counts files and lines, of which a binary file has none', () => {
    expect(reviewChange('4\t1\tsrc/a.js\n3\t0\ttest/a.test.js\n-\t-\tlogo.png')).toEqual({
      files: 3,
      added: 7,
      removed: 1,
    })
  })

  test.each([
    ['without a test', '4\t1\tsrc/a.js', 'without a test'],
    ['that nobody can read', '150\t51\tsrc/a.js\n0\t0\ttest/a.js', '201 lines, more than 200'],
  ])('refuses a change %s', (_, numstat, message) => {
    expect(() => reviewChange(numstat)).toThrow(message)
  })
})

describe('the batch', () => {
  test('names only tickets before it as dependencies', async () => {
    const seen = new Set<string>()
    for (const { key, dependsOn = [] } of await readTickets(PLAN)) {
      expect(dependsOn.filter((each) => !seen.has(each))).toEqual([])
      seen.add(key)
    }
  })

  test('is reported by how each ticket ended', () => {
    const poison = Object.assign(new Error('dead'), { kind: 'poison' })
    const ends = new Map([
      ['T-1', toEnd({ status: 'fulfilled', value: { commit: 'abc' } })],
      ['T-2', toEnd({ status: 'fulfilled', value: { commit: null } })],
      ['T-3', toEnd({ status: 'rejected', reason: poison })],
    ])
    expect(toReport(ends)).toEqual({
      merged: 1,
      failed: 1,
      tickets: {
        'T-1': { ended: 'merged', commit: 'abc' },
        'T-2': { ended: 'unchanged' },
        'T-3': { ended: 'failed', kind: 'poison', message: 'dead' },
      },
    })
  })
})
