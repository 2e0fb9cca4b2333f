import { candidates } from './candidates.ts'

/**
 * `setpoint __complete KIND WORDS…`: a candidate a line, after a tab what it is. A shell asks at each
 * press of a key, so it loads nothing that it does not need, and says nothing when there is nothing.
 */
export async function complete([kind = '', ...given]: readonly string[]): Promise<void> {
  const found = await candidates(kind, given).catch(() => [])
  process.stdout.write(found.map(({ name, about }) => `${oneLine(name)}\t${about}\n`).join(''))
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ')
}
