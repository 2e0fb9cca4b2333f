import type { InterruptSignal, Io } from './io.ts'
import { run } from './main.ts'

const SIGNALS: readonly InterruptSignal[] = ['SIGINT', 'SIGTERM']

/** Runs the command line that this process was started with, and ends the process. */
export async function runProcess(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endWithReader)
  const code = await run(process.argv.slice(2), processIo)
  await Promise.all([flushed(process.stdout), flushed(process.stderr)])
  // A handler that ignored its signal may still hold the event loop; its tasklet is settled.
  process.exit(code)
}

/** Nobody reads any more, as in `setpoint tasks ls | head -1`: that is no failure. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}

const processIo: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onInterrupt(listener) {
    for (const signal of SIGNALS) process.on(signal, listener)
    return () => {
      for (const signal of SIGNALS) process.off(signal, listener)
    }
  },
  exit: (code) => process.exit(code),
}
