import { devNull } from 'node:os'
import { join } from 'node:path'
import { type ProgramRun, runProgram } from './program.ts'
import { stateFiles } from './state-files.ts'

/**
 * Runs git on the pipeline's repository and on no other: where it has none, git would look for one in
 * the folders around it. Settings of the machine and of the person who uses it do not count, so the
 * pipeline does the same everywhere.
 * @throws with what git said, unless it ended well.
 */
export function git(signal: AbortSignal, ...args: readonly string[]): Promise<string> {
  return gitIn(stateFiles().repository, signal, ...args)
}

/** As `git`, in the repository at the top of a folder. */
export async function gitIn(
  cwd: string,
  signal: AbortSignal,
  ...args: readonly string[]
): Promise<string> {
  return await checked([`--git-dir=${join(cwd, '.git')}`, `--work-tree=${cwd}`], args, cwd, signal)
}

/** Makes a repository of a folder. */
export async function initGit(cwd: string, signal: AbortSignal): Promise<void> {
  await checked([], ['init', '--quiet', '--initial-branch=main'], cwd, signal)
}

async function checked(
  place: readonly string[],
  args: readonly string[],
  cwd: string,
  signal: AbortSignal,
): Promise<string> {
  const { code, stdout, stderr } = await run([...place, ...args], cwd, signal)
  if (code === 0) return stdout.trim()
  const said = `${stderr}\n${stdout}`.trim() || `it ended with ${code ?? 'a signal'}`
  throw new Error(`git ${args[0]} failed: ${said}`)
}

async function run(args: readonly string[], cwd: string, signal: AbortSignal): Promise<ProgramRun> {
  try {
    return await runProgram('git', args, { cwd, env: environment(), signal })
  } catch (error) {
    if (!isMissing(error)) throw error
    const message = 'there is no git on this machine: install it first (https://git-scm.com)'
    throw new Error(message, { cause: error })
  }
}

function environment(): NodeJS.ProcessEnv {
  // Inside of a hook, say, git's own variables would lead to another repository.
  const outer = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))
  const who = { NAME: 'Change pipeline', EMAIL: 'pipeline@localhost' }
  return {
    ...Object.fromEntries(outer),
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: who.NAME,
    GIT_AUTHOR_EMAIL: who.EMAIL,
    GIT_COMMITTER_NAME: who.NAME,
    GIT_COMMITTER_EMAIL: who.EMAIL,
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
