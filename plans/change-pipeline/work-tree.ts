import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { git, gitIn, initGit } from './git.ts'
import { stateFiles } from './state-files.ts'

/** Where the work tree is, as the states of the plan's machine are called. */
export type Place =
  | 'noRepository'
  | 'main.clean'
  | 'main.dirty'
  | 'ticket.clean'
  | 'ticket.dirty'
  | 'merging'

export async function whereIs(signal: AbortSignal): Promise<Place> {
  if (!hasMark('HEAD')) return 'noRepository'
  if (isMerging()) return 'merging'
  const [branch = '', ...changes] = (await git(signal, 'status', '--porcelain', '--branch')).split(
    '\n',
  )
  const where = /^## main(\.\.\.|$)/.test(branch) ? 'main' : 'ticket'
  return `${where}.${changes.length === 0 ? 'clean' : 'dirty'}`
}

/** Whether a merge was begun and neither committed nor given up. */
export function isMerging(): boolean {
  return hasMark('MERGE_HEAD')
}

function hasMark(name: string): boolean {
  return existsSync(join(stateFiles().repository, '.git', name))
}

/** A repository with the project as its first commit; it gets its name when it is whole. */
export async function makeWorkTree(project: string, signal: AbortSignal): Promise<string> {
  const { folder, repository } = stateFiles()
  if (existsSync(repository)) {
    throw new Error(`${repository} is no git repository: move it away, so that one can be made`)
  }
  const draft = join(folder, 'repository.draft')
  await rm(draft, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await cp(project, draft, { recursive: true })
  await initGit(draft, signal)
  await gitIn(draft, signal, 'add', '--all')
  await gitIn(draft, signal, 'commit', '--quiet', '--message', 'The shop as it was')
  await rename(draft, repository)
  return repository
}
