/**
 * A line of the log, as JSON, in the form that people read. What has lines of its own, a message
 * with a source or the stack of an error, has them below, set in: so none looks like a new entry.
 */
export function toPrettyLine(json: string): string {
  const { time, level, msg, ...fields } = JSON.parse(json) as Record<string, unknown>
  const shown: string[] = []
  const [first = '', ...rest] = String(msg).split('\n')
  const below = rest.map((line) => `    ${line}`)
  for (const [name, value] of Object.entries(fields)) {
    if (isError(value)) {
      shown.push(`${name}=${JSON.stringify(value.message)}`)
      below.push(
        ...value.stack
          .split('\n')
          .slice(1)
          .map((line) => `    ${line.trimStart()}`),
      )
    } else shown.push(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  }
  const head = [time, String(level).toUpperCase().padEnd(5), first, ...shown].join(' ')
  return [printable(head), ...below.map(printable), ''].join('\n')
}

function isError(value: unknown): value is { message: string; stack: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'message' in value &&
    'stack' in value &&
    typeof value.stack === 'string'
  )
}

/** What came from elsewhere must not move the cursor of a terminal or forge another line. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) =>
    JSON.stringify(character).slice(1, -1),
  )
}
