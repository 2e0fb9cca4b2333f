import { entriesOf, isRecord, ownValue } from '../data.ts'
import { delayMilliseconds } from '../world/check-edges.ts'

/** A module that exports the machine; `provide` it the guards and actions that it names. */
export function toTypeScript(config: Readonly<Record<string, unknown>>): string {
  const delays = Object.fromEntries(durationsIn(config))
  const implementations = Object.keys(delays).length === 0 ? '' : `, ${write({ delays }, '')}`
  return [
    "import { createMachine } from 'xstate'",
    '',
    `export const machine = createMachine(${write(config, '')}${implementations})`,
    '',
  ].join('\n')
}

/** XState takes `30s` for the name of a delay, so the module says what it means. */
function durationsIn(state: unknown): readonly (readonly [string, number])[] {
  const own = entriesOf(ownValue(state, 'after')).flatMap(([delay]) => {
    const milliseconds = delayMilliseconds(delay)
    return milliseconds === undefined || String(milliseconds) === delay
      ? []
      : [[delay, milliseconds] as const]
  })
  return [...own, ...entriesOf(ownValue(state, 'states')).flatMap(([, each]) => durationsIn(each))]
}

function write(value: unknown, indent: string): string {
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[${value.map((each) => write(each, indent)).join(', ')}]`
  }
  if (!isRecord(value)) return JSON.stringify(value) ?? 'undefined'
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  if (entries.length === 0) return '{}'
  const lines = entries.map(([key, each]) => `${inner}${writeKey(key)}: ${write(each, inner)},`)
  return ['{', ...lines, `${indent}}`].join('\n')
}

/** `__proto__: x` in an object literal would set the prototype, and `[…]` does not. */
function writeKey(key: string): string {
  if (key === '__proto__') return '["__proto__"]'
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)
}
