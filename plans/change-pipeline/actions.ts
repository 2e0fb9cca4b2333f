import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CheckContext, TaskContext } from 'setpoint'
import { writeCode } from './coder.ts'
import { git } from './git.ts'
import { reviewChange } from './review.ts'
import { reportFile, stateFiles } from './state-files.ts'
import { runTests } from './test-run.ts'
import { type DayReport, readTickets, type TicketEnd, toEnd, toReport } from './work-day.ts'
import { isMerging, makeWorkTree, whereIs } from './work-tree.ts'

interface Ticket {
  readonly ticket: string
  readonly title: string
}

export async function isMissing({ signal }: CheckContext): Promise<boolean> {
  return (await whereIs(signal)) === 'noRepository'
}

export async function isMainClean({ signal }: CheckContext): Promise<boolean> {
  return (await whereIs(signal)) === 'main.clean'
}

export async function isMainDirty({ signal }: CheckContext): Promise<boolean> {
  return (await whereIs(signal)) === 'main.dirty'
}

export async function isTicketClean({ signal }: CheckContext): Promise<boolean> {
  return (await whereIs(signal)) === 'ticket.clean'
}

export async function isTicketDirty({ signal }: CheckContext): Promise<boolean> {
  return (await whereIs(signal)) === 'ticket.dirty'
}

export async function isInMerge({ signal }: CheckContext): Promise<boolean> {
  return (await whereIs(signal)) === 'merging'
}

export async function makeRepository({ plan, signal, log }: TaskContext): Promise<void> {
  const repository = await makeWorkTree(join(folderOf(plan), 'project'), signal)
  log.info('there is a repository', { repository })
}

/** Nothing is lost: `git stash list` shows it. */
export async function stash({ signal, log }: TaskContext): Promise<void> {
  await git(signal, 'stash', 'push', '--include-untracked', '--message', 'left by an earlier task')
  log.warn('what was not committed is in the stash')
}

export async function abortMerge({ signal }: TaskContext): Promise<void> {
  await git(signal, 'merge', '--abort')
}

export async function checkoutMain({ signal }: TaskContext): Promise<void> {
  await git(signal, 'checkout', '--quiet', 'main')
}

/** A branch of that name which an earlier try has left begins anew. */
export async function startBranch({ input, signal }: TaskContext<Ticket>): Promise<void> {
  await git(signal, 'checkout', '--quiet', '-B', branchOf(input))
}

/** Has the ticket written; the number of files that it changed. */
export async function code(context: TaskContext<Ticket>): Promise<{ files: number }> {
  const { input, plan, signal } = context
  const { ticket, title } = input
  const workTree = stateFiles().repository
  const feedback = await readFile(reportFile(ticket), 'utf8').catch(() => undefined)
  await writeCode({ ticket, title, workTree, feedback, plan: folderOf(plan), signal })
  await git(signal, 'add', '--all')
  const changed = await git(signal, 'diff', '--cached', '--name-only')
  return { files: changed === '' ? 0 : changed.split('\n').length }
}

/** What failed is kept for the coder's next try. */
export async function test({ input, signal }: TaskContext<Ticket>): Promise<{ passed: number }> {
  const { passed, failed, text } = await runTests(stateFiles().repository, signal)
  if (failed.length === 0) return { passed }
  const report = reportFile(input.ticket)
  await mkdir(dirname(report), { recursive: true })
  await writeFile(report, text)
  throw new Error(`the tests of ${input.ticket} fail: ${failed.join(', ')} (${report})`)
}

export async function review({ signal }: TaskContext) {
  return reviewChange(await git(signal, 'diff', '--cached', '--numstat'))
}

export async function commit({ input, signal, log }: TaskContext<Ticket>): Promise<void> {
  await git(signal, 'commit', '--quiet', '--message', `${input.ticket}: ${input.title}`)
  log.info(`${input.ticket} waits for approval`, { branch: branchOf(input) })
}

/** Brings the branch into the work tree, and leaves it to be tested before it is committed. */
export async function startMerge({ input, signal }: TaskContext<Ticket>): Promise<void> {
  await git(signal, 'merge', '--quiet', '--no-ff', '--no-commit', branchOf(input))
}

/** The commit on main; that of an earlier run which ended before it could say so. */
export async function finishMerge({ input, signal, log }: TaskContext<Ticket>): Promise<string> {
  if (isMerging()) {
    await git(signal, 'commit', '--quiet', '--message', `Merge ${input.ticket}: ${input.title}`)
  }
  const made = await git(signal, 'rev-parse', '--short', 'HEAD')
  log.info(`${input.ticket} is in main`, { commit: made })
  return made
}

/** Submits the tickets of `tickets.json` at once and says what came of them. */
export async function workDay(context: TaskContext<{ reviewer: string }>): Promise<DayReport> {
  const { input, plan, runtime, progress, idempotencyKey, signal } = context
  const entries = await readTickets(folderOf(plan))
  const ids = new Map<string, string>()
  const ends = new Map<string, Promise<TicketEnd>>()
  for (const { key, task, input: ticket, dependsOn = [] } of entries) {
    const given = { ...ticket, reviewer: input.reviewer }
    const once = {
      idempotencyKey: `${idempotencyKey}:${key}`,
      dependsOn: Object.fromEntries(dependsOn.map((each) => [each, ids.get(each)])),
    }
    ids.set(key, (await runtime.submit(task, given, once)).id)
    ends.set(key, endOf(runtime.call(task, given, once)))
  }
  let ended = 0
  const told = [...ends].map(async ([key, promise]) => {
    const end = await promise
    signal.throwIfAborted()
    ended += 1
    progress(ended / ends.size, `${key}: ${end.ended}`)
    return [key, end] as const
  })
  return toReport(new Map(await Promise.all(told)))
}

async function endOf(output: Promise<unknown>): Promise<TicketEnd> {
  const [outcome] = await Promise.allSettled([output])
  return toEnd(outcome)
}

function branchOf({ ticket }: Ticket): string {
  return `ticket/${ticket}`
}

function folderOf({ folder }: TaskContext['plan']): string {
  if (folder === undefined) throw new Error('this plan is loaded from its folder')
  return folder
}
