import type { EventName } from './events.ts'

type FirstSegment<Name extends string> = Name extends `${infer First}.${string}` ? First : Name

/** Complete, because the compiler asks for one entry for each kind of event in `RuntimeEvents`. */
const OWN: { readonly [Segment in FirstSegment<EventName>]: true } = {
  runtime: true,
  tasklet: true,
  lease: true,
  world: true,
  belief: true,
  path: true,
  transition: true,
  step: true,
  interrupt: true,
  plan: true,
  actor: true,
  store: true,
  subscriber: true,
  event: true,
  schedule: true,
}

/** Words with dots between them. In a pattern a word may hold or be `*`, or be `**`. */
export const EVENT_PATTERN = /^[^\s.]+(\.[^\s.]+)*$/

/** Patterns are matched against names, and some take longer the longer the name is. */
const LONGEST = 256

/** Whether the runtime alone tells events of this name. */
export function isRuntimeEvent(name: string): boolean {
  return Object.hasOwn(OWN, firstSegment(name))
}

/** Why nobody but the runtime may emit an event of this name; undefined: anybody may. */
export function eventNameIssue(name: unknown): string | undefined {
  if (typeof name !== 'string') return `the name of an event is a string, not ${typeof name}`
  const shown = JSON.stringify(name)
  if (name.includes('*')) {
    return `${shown} is a pattern: what is emitted has one name, without "*"`
  }
  if (name.length > LONGEST) {
    return `the name of an event has at most ${LONGEST} characters, and this one has ${name.length}`
  }
  if (!EVENT_PATTERN.test(name)) {
    return `${shown} is no name of an event: write words with dots between them, such as "order.paid"`
  }
  if (!isRuntimeEvent(name)) return undefined
  const first = firstSegment(name)
  return `${shown} is for the runtime to tell: begin with another word than "${first}", such as "my.${name}"`
}

function firstSegment(name: string): string {
  const [first = ''] = name.split('.', 1)
  return first
}
