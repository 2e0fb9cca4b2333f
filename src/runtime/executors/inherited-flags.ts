/** Flags of Node that are about one process: a program given as text, or its debugger's port. */
const OWN =
  /^--?(e|p|pe|eval|print|i|interactive|c|check|inspect(-[a-z-]+)?|test[a-z-]*|watch[a-z-]*)(=|$)/
/** Those whose value is the next argument. */
const WITH_VALUE = /^--?(e|p|pe|eval|print)$/

/** The flags of this process under which its workers run as well: loaders, conditions, limits. */
export function inheritedFlags(flags: readonly string[]): readonly string[] {
  return flags.filter((flag, index) => {
    const isValue = WITH_VALUE.test(flags[index - 1] ?? '')
    return !isValue && !OWN.test(flag)
  })
}
