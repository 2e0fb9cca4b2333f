import { ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Finding } from '../finding.ts'
import type { Handler } from '../handler.ts'

/** What holds only where a runtime starts the work itself. */
const NOT_OF_EXTERNAL = {
  run: 'a handler',
  requires: 'a required state',
  resources: 'resources',
  timeout: 'a timeout',
} as const

/** A task that others pull: nothing of it can depend on this runtime doing the work. */
export function checkExternal(
  name: string,
  task: unknown,
  movesTheWorld: boolean,
): readonly Finding[] {
  const path = ['tasks', name]
  const findings: Finding[] = []
  for (const [key, what] of Object.entries(NOT_OF_EXTERNAL)) {
    if (ownValue(task, key) === undefined) continue
    const message = `${quote(name)} is external: whoever pulls it does the work, so it cannot have ${what}`
    findings.push({ rule: 'external-task', path: [...path, key], at: 'key', message })
  }
  if (movesTheWorld) {
    const message = `${quote(name)} moves the world along an edge, so it cannot be external`
    findings.push({ rule: 'external-task', path: [...path, 'external'], at: 'key', message })
  }
  return findings
}

/** Stands where a handler would; nothing calls it as long as external tasks are only pulled. */
export function runsElsewhere(fullName: string): Handler {
  return () => {
    throw new TypeError(`${fullName} is external: it is pulled, not run here`)
  }
}
