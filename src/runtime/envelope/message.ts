import { InputError } from '../../core/errors.ts'

/** No store takes values that are deeper than this; what walks them is recursive. */
const DEEPEST = 500

/**
 * The object that a message holds: its text is read, a value is copied as JSON writes it.
 * @throws {InputError} when it is no JSON, no object, or too deep.
 */
export function parseMessage(message: unknown): object {
  const content = typeof message === 'string' ? read(message) : read(write(message))
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new InputError('an envelope is a JSON object')
  }
  if (isDeeperThan(content, DEEPEST)) {
    throw new InputError(`an envelope has at most ${DEEPEST} levels`)
  }
  return content
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InputError(`the message is not JSON: ${messageOf(cause)}`, { cause })
  }
}

function write(value: unknown): string {
  try {
    const text = JSON.stringify(value)
    if (text !== undefined) return text
  } catch (cause) {
    throw new InputError(`the message cannot be written as JSON: ${messageOf(cause)}`, { cause })
  }
  throw new InputError(`the message cannot be written as JSON: it is a ${typeof value}`)
}

/** Whatever a hostile value has thrown. */
function messageOf(thrown: unknown): string {
  return thrown instanceof SyntaxError || thrown instanceof TypeError ? thrown.message : 'it threw'
}

/** Level by level, so that no depth overflows the stack. */
function isDeeperThan(content: object, levels: number): boolean {
  let level: unknown[] = [content]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true
    level = level.flatMap((part) =>
      typeof part === 'object' && part !== null ? Object.values(part) : [],
    )
  }
  return false
}
