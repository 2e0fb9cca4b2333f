import { existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'

export interface Assignment {
  readonly ticket: string
  readonly title: string
  /** The work tree, on a branch of the ticket's own. Whatever is changed in it is the answer. */
  readonly workTree: string
  /** What the tests said of the last try that failed; undefined: none has. */
  readonly feedback: string | undefined
  /** The folder of this plan. */
  readonly plan: string
  readonly signal: AbortSignal
}

/**
 * Writes the code of a ticket. This is the place where an agent plugs in: replace the body with one
 * that reads the assignment and changes files of the work tree. Here everything has been written
 * before, in `changes/<ticket>`; a `<ticket>.first-try` is what comes of a ticket without feedback.
 */
export async function writeCode({ ticket, workTree, feedback, plan }: Assignment): Promise<void> {
  const changes = join(plan, 'changes')
  const first = join(changes, `${ticket}.first-try`)
  const written = feedback === undefined && existsSync(first) ? first : join(changes, ticket)
  if (!existsSync(written)) {
    throw new Error(
      `nobody has written ${ticket}: put its files into ${written}, or change coder.ts`,
    )
  }
  await cp(written, workTree, { recursive: true })
}
