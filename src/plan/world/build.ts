import { createMachine } from 'xstate'
import { optionalMilliseconds } from '../../core/duration.ts'
import { entriesOf, isRecord } from '../data.ts'
import type { Code } from '../declaration.ts'
import type { Finding } from '../finding.ts'
import type { Check, World, WorldState } from '../model.ts'
import { delayMilliseconds } from './check-edges.ts'
import type { Outline, State } from './outline.ts'
import { MACHINE_PATH, tagsOf } from './outline.ts'
import { StateMeta } from './schema.ts'

const DEFAULT_CHECK_TIMEOUT = 5000
/** A circle of `always` transitions would otherwise never end. */
const MOST_MICROSTEPS = 1000

/** Turns a machine that passed every check into a world. XState may still refuse it. */
export function buildWorld(
  outline: Outline,
  code: Code,
): { readonly world: World } | { readonly findings: readonly Finding[] } {
  const written = withMillisecondDelays(outline.root.config) as object
  // The schema has checked the shape; XState's own types want literal state names.
  const config = {
    ...written,
    id: outline.id,
    options: { maxIterations: MOST_MICROSTEPS },
  } as Parameters<typeof createMachine>[0]
  const states = new Map(outline.states.map((state) => [state.path, toWorldState(state, code)]))
  try {
    const machine = createMachine(config, {
      guards: Object.fromEntries(code.guards),
      actions: Object.fromEntries(code.actions),
      delays: Object.fromEntries(code.delays),
    } as Parameters<typeof createMachine>[1])
    return { world: { config: outline.root.config as World['config'], machine, states } }
  } catch (error) {
    const message = `XState refuses the machine: ${(error as Error).message}`
    return { findings: [{ rule: 'machine-invalid', path: MACHINE_PATH, at: 'key', message }] }
  }
}

/** XState knows only numbers as delays, so `30s` becomes `30000`; a named delay stays. */
function withMillisecondDelays(config: unknown): unknown {
  if (!isRecord(config)) return config
  const { after, states, ...rest } = config
  const delayed = entriesOf(after).map(([delay, to]) => [delayMilliseconds(delay) ?? delay, to])
  const nested = entriesOf(states).map(([key, state]) => [key, withMillisecondDelays(state)])
  return {
    ...rest,
    ...(after !== undefined && { after: Object.fromEntries(delayed) }),
    ...(states !== undefined && { states: Object.fromEntries(nested) }),
  }
}

function toWorldState(state: State, code: Code): WorldState {
  const { check, priority, serial, timeout } = StateMeta.parse(metaOf(state) ?? {})
  return {
    path: state.path,
    type: state.type,
    check: check === undefined ? undefined : toCheck(check, code),
    priority: priority ?? 0,
    serial: serial ?? false,
    timeout: optionalMilliseconds(timeout) ?? DEFAULT_CHECK_TIMEOUT,
    tags: tagsOf(state),
  }
}

function metaOf({ config }: State): unknown {
  return isRecord(config) ? config['meta'] : undefined
}

function toCheck(name: string, code: Code): Check {
  return { name, run: code.checks.get(name) as Check['run'] }
}
