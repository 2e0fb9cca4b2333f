import { entriesOf, ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Path } from '../finding.ts'
import type { Rule, Subject } from './rule.ts'

/**
 * Calls that change files or end processes; signal 0 only asks. What they reach in turn is not
 * followed. To run a program may be to look, and so is nothing to warn of.
 */
const CHANGES =
  /\b(writeFile(?:Sync)?|appendFile(?:Sync)?|unlink(?:Sync)?|rm(?:Sync|dir|dirSync)?|mkdir(?:Sync)?|rename(?:Sync)?|kill)\s*\((?![^()]*,\s*0\s*\))/
const CHANGING_REQUEST = /\bmethod\s*:\s*['"`](POST|PUT|PATCH|DELETE)['"`]/
/** After a colon, two slashes are a part of an address. */
const COMMENT = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g
const TEXT = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\$]|\\.)*`/g

export const checkWithSideEffects: Rule = {
  name: 'check-with-side-effects',
  about: 'a check that is also the work of a task, or that calls what changes the world',
  check(subject) {
    const handlers = handlersOf(subject)
    return checksOf(subject).flatMap(({ name, path }) => {
      const run = subject.code.checks.get(name)
      if (handlers.has(run)) {
        const message = `${quote(name)} is a check, and the work of a task as well: a check only looks`
        return [{ path, message }]
      }
      const found = typeof run === 'function' ? changeIn(String(run)) : undefined
      if (found === undefined) return []
      const message = `the check ${quote(name)} calls ${found}: a check only looks, and runs whenever the runtime wants to know`
      return [{ path, message }]
    })
  },
}

/** The first call in a function's source that changes something. */
function changeIn(source: string): string | undefined {
  const [, method] = CHANGING_REQUEST.exec(source.replace(COMMENT, '')) ?? []
  const [, call] = CHANGES.exec(source.replace(TEXT, "''").replace(COMMENT, '')) ?? []
  return call ?? method
}

function handlersOf({ value, code }: Subject): ReadonlySet<unknown> {
  const names = entriesOf(ownValue(value, 'tasks')).map(([, task]) =>
    typeof task === 'string' ? task : ownValue(task, 'run'),
  )
  return new Set(names.flatMap((name) => code.handlers.get(String(name)) ?? []))
}

function checksOf({ value, outline }: Subject): readonly { name: string; path: Path }[] {
  const ofStates = (outline?.states ?? []).map(({ config, at }) => ({
    name: ownValue(ownValue(config, 'meta'), 'check'),
    path: [...at, 'meta', 'check'],
  }))
  const ofInterrupts = entriesOf(ownValue(value, 'interrupts')).map(([rule, written]) => ({
    name: ownValue(written, 'when'),
    path: ['interrupts', rule, 'when'],
  }))
  return [...ofStates, ...ofInterrupts].flatMap(({ name, path }) =>
    typeof name === 'string' ? [{ name, path }] : [],
  )
}
