import { watchFolders } from '../runtime/plans/watcher.ts'
import { type Io, isRedrawable, writeLine } from './io.ts'
import { printable, styleFor } from './style.ts'

/** Runs the check now and after each change in the folders, until the user asks to end. */
export async function checkOnChange(
  folders: readonly string[],
  check: () => Promise<unknown>,
  io: Io,
): Promise<void> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const forget = io.onInterrupt(() => end())
  const recheck = oneAtATime(check)
  const style = styleFor(io.stderr, io.env)
  const watch = await watchFolders(folders, recheck, {
    onError: (error) => writeLine(io.stderr, `${style.red('error:')} ${printable(String(error))}`),
  })
  try {
    await recheck()
    writeLine(io.stderr, style.dim(`watching ${folders.join(', ')}; Ctrl-C ends`))
    await ended
  } finally {
    forget()
    await watch.close()
  }
}

/** Changes of several folders are told at once, and what is printed has to stay in one piece. */
function oneAtATime(work: () => Promise<unknown>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve()
  return async () => {
    const next = last.then(work)
    last = next.catch(() => {})
    await next
  }
}

const CLEAR = '\u{1b}[2J\u{1b}[3J\u{1b}[H'

/** Parts what was printed before from what comes now. */
export function printBreak({ stdout, env }: Pick<Io, 'stdout' | 'env'>, now: number): void {
  if (isRedrawable(stdout, env)) stdout.write(CLEAR)
  const time = new Date(now).toLocaleTimeString('en-GB')
  writeLine(stdout, styleFor(stdout, env).dim(`── ${time} ──`))
}
