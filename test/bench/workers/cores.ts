import { cpus } from 'node:os'

/** How many cores of this machine were at work, on the mean, since it was called: by anything at all. */
export function watchCores(): () => number {
  const before = busyTime()
  const start = performance.now()
  return () => (busyTime() - before) / (performance.now() - start)
}

/** Milliseconds. */
function busyTime(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
}
