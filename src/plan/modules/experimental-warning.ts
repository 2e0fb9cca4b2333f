/**
 * Runs what Node calls experimental without its note on standard error: which of Node's own parts
 * we stand on is nothing that the users of a plan can change. Other warnings pass.
 */
export function withoutExperimentalWarning<T>(work: () => T): T {
  const { emitWarning } = process
  process.emitWarning = ((...args: Parameters<typeof emitWarning>) => {
    const [, type] = args as readonly unknown[]
    if (type !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, args)
  }) as typeof emitWarning
  try {
    return work()
  } finally {
    process.emitWarning = emitWarning
  }
}
