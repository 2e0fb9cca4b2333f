import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { watchFolders } from '../../../../src/runtime/plans/watcher.ts'

const PLAN = 'plan.yaml'
const PATIENCE = { timeout: 8_000, interval: 5 }

/** A watched folder of a plan; `seen` is what stood in its plan file at each call. */
async function watched(files: Record<string, string> = { [PLAN]: 'first' }) {
  const parent = await mkdtemp(join(tmpdir(), 'setpoint-watch-'))
  const folder = join(parent, 'plan')
  await mkdir(join(folder, 'tasks'), { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const seen: string[] = []
  const changed = new Set<string>()
  const errors: unknown[] = []
  const watch = await watchFolders(
    [folder],
    async (which, paths) => {
      expect(which).toBe(folder)
      for (const path of paths) changed.add(basename(path))
      seen.push(await readFile(join(folder, PLAN), 'utf8').catch(() => 'nothing'))
    },
    { debounce: 20, onError: (error) => errors.push(error) },
  )
  onTestFinished(async () => {
    await watch.close()
    await rm(parent, { recursive: true, force: true })
    expect(errors).toEqual([])
  })
  const until = (text: string) => vi.waitFor(() => expect(seen.at(-1)).toBe(text), PATIENCE)
  const hears = (name: string) => vi.waitFor(() => expect(changed).toContain(name), PATIENCE)
  return { parent, folder, plan: join(folder, PLAN), seen, changed, watch, until, hears }
}

/** A folder with 50 files; `read` gives the texts that there are among them. */
async function manyFiles() {
  const folder = await mkdtemp(join(tmpdir(), 'setpoint-watch-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const files = Array.from({ length: 50 }, (_, index) => join(folder, `file${index}.ts`))
  for (const path of files) await writeFile(path, 'old')
  const read = async () => [
    ...new Set(await Promise.all(files.map((path) => readFile(path, 'utf8')))),
  ]
  return { folder, files, read }
}

describe('watchFolders', () => {
  it('tells of a file that is saved in place', async () => {
    const { plan, until } = await watched()
    await writeFile(plan, 'second')
    await until('second')
  })

  it('tells of a file that is replaced by one that was written beside it', async () => {
    const { folder, plan, until } = await watched()
    for (const text of ['second', 'third']) {
      await writeFile(join(folder, '.plan.yaml.tmp'), text)
      await rename(join(folder, '.plan.yaml.tmp'), plan)
      await until(text)
    }
  })

  it('tells of a file that is deleted, and of it made again', async () => {
    const { plan, until } = await watched()
    await rm(plan)
    await until('nothing')
    await writeFile(plan, 'again')
    await until('again')
  })

  it('ends on the whole text of a file that is written in two parts', async () => {
    const { plan, until } = await watched()
    await writeFile(plan, '')
    await writeFile(plan, 'one half ', { flag: 'a' })
    await writeFile(plan, 'and another', { flag: 'a' })
    await until('one half and another')
  })

  it.each([
    'machine.json',
    'tasks/backup.yaml',
    'tasks/deep/er.yaml',
    'actions.ts',
    'lib/numbers.ts',
  ])('tells of %s when it comes, changes and goes', async (name) => {
    const { folder, changed, hears } = await watched()
    const path = join(folder, name)
    await mkdir(join(path, '..'), { recursive: true })
    for (const act of [() => writeFile(path, '1'), () => writeFile(path, '22'), () => rm(path)]) {
      changed.clear()
      await act()
      await hears(basename(name))
    }
  })

  it('does not tell of what editors, packages and the work itself leave in the folder', async () => {
    const { folder, plan, changed, until } = await watched()
    await mkdir(join(folder, 'node_modules/left-pad'), { recursive: true })
    await mkdir(join(folder, '.git'))
    const names = [
      '.plan.yaml.swp',
      'plan.yaml~',
      '4913',
      '#plan.yaml#',
      'backup.db',
      'node_modules/left-pad/index.js',
      '.git/config.yaml',
    ]
    for (const name of names) await writeFile(join(folder, name), 'x')
    await writeFile(plan, 'second')
    await until('second')
    const bystanders = names.map((name) => basename(name))
    expect([...changed].filter((name) => bystanders.includes(name))).toEqual([])
  })

  it('goes on when the folder is removed and made again', async () => {
    const { folder, plan, until } = await watched()
    await rm(folder, { recursive: true })
    await until('nothing')
    await mkdir(folder)
    await writeFile(plan, 'again')
    await until('again')
    await writeFile(plan, 'and again')
    await until('and again')
  })

  it('goes on when the folder is swapped for another', async () => {
    const { parent, folder, plan, until } = await watched()
    await mkdir(join(parent, 'other'))
    await writeFile(join(parent, 'other', PLAN), 'other')
    await rename(folder, join(parent, 'old'))
    await rename(join(parent, 'other'), folder)
    await until('other')
    await writeFile(plan, 'changed')
    await until('changed')
  })

  it('ends on the last of 50 saves in quick succession, in far fewer calls', async () => {
    const { plan, seen, until } = await watched()
    for (let save = 1; save <= 50; save += 1) await writeFile(plan, `save ${save}`)
    await until('save 50')
    expect(seen.length).toBeLessThan(50)
  })

  it('does not tell of a half state while 50 files are written over 300 ms', async () => {
    const { folder, files, read } = await manyFiles()
    const seen: (readonly string[])[] = []
    const watch = await watchFolders([folder], async () => void seen.push(await read()), {
      // Far more than the pauses between the writes take on a busy machine.
      debounce: 1_000,
    })
    onTestFinished(() => watch.close())
    for (const path of files) {
      await writeFile(path, 'new')
      await sleep(6)
    }
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0), PATIENCE)
    for (const texts of seen) expect(texts).toEqual(['new'])
  })

  it('follows a folder that is given as a link', async () => {
    const { parent, folder, plan } = await watched()
    await symlink(folder, join(parent, 'link'))
    const folders: string[] = []
    const watch = await watchFolders(
      [join(parent, 'link')],
      async (which) => void folders.push(which),
      { debounce: 20 },
    )
    onTestFinished(() => watch.close())
    await writeFile(plan, 'second')
    await vi.waitFor(() => expect(folders).toContain(join(parent, 'link')), PATIENCE)
  })

  it('tells nothing more once it is closed', async () => {
    const { plan, seen, watch } = await watched()
    await watch.close()
    const calls = seen.length
    const other = await watchFolders([join(plan, '..')], async () => void heard.push(1), {
      debounce: 20,
    })
    const heard: number[] = []
    onTestFinished(() => other.close())
    await writeFile(plan, 'second')
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(0), PATIENCE)
    expect(seen.length).toBe(calls)
  })
})
