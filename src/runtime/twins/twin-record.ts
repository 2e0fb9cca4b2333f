import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  getInitialSnapshot,
  type StateValue,
} from 'xstate'
import { z } from 'zod'
import type { After } from './decay.ts'
import { stateWaitingFor } from './delays.ts'
import { innermostStates } from './placement.ts'

const Value: z.ZodType<StateValue> = z.lazy(() =>
  z.union([z.string(), z.record(z.string(), Value)]),
)

const TwinRecord = z.object({
  version: z.literal(1),
  /** Content hash of the plan. */
  planVersion: z.string(),
  value: Value,
  context: z.record(z.string(), z.unknown()),
  /** Ids of the states that history has to remember, by the id of the history state's parent. */
  history: z.record(z.string(), z.array(z.string())),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** `unknown`: the belief is void, only the context counts. */
  source: z.enum(['checks', 'transition', 'event', 'task', 'decay', 'restored', 'unknown']),
  afters: z.array(z.object({ state: z.string(), event: z.string(), at: z.number() })),
})

/** A twin as it is kept in the store, as a fact of kind `twin` under the name of its plan. */
export type TwinRecord = z.infer<typeof TwinRecord>

/** Undefined for anything that is no record of this version. */
export function parseTwinRecord(value: unknown): TwinRecord | undefined {
  return TwinRecord.safeParse(value).data
}

export function toTwinRecord(
  snapshot: AnyMachineSnapshot,
  pending: readonly After[],
  known: Pick<TwinRecord, 'planVersion' | 'at' | 'source'>,
): TwinRecord {
  const history = Object.entries(snapshot.historyValue).map(([id, nodes]) => [
    id,
    nodes.map((node) => node.id),
  ])
  return {
    version: 1,
    ...known,
    value: snapshot.value,
    context: snapshot.context,
    history: Object.fromEntries(history),
    afters: pending.map(({ event, at }) => ({
      state: stateWaitingFor(event, snapshot) ?? '',
      event,
      at,
    })),
  }
}

/** @throws what XState says of a state that the machine does not have. */
export function fromTwinRecord(machine: AnyStateMachine, record: TwinRecord): AnyMachineSnapshot {
  const { value, context, history } = record
  const historyValue = Object.fromEntries(
    Object.entries(history).map(([id, states]) => [
      id,
      states.map((state) => machine.getStateNodeById(state)),
    ]),
  )
  return machine.resolveState({ value, context, historyValue })
}

/**
 * What a twin with another machine believes, in terms of this one; `states`: the innermost active
 * ones by path. What only this machine has in its context stands as it begins. Undefined when it has
 * not the very same states, as the world would then be believed where nobody has seen it.
 */
export function fromOtherVersion(
  machine: AnyStateMachine,
  record: TwinRecord,
  states: readonly string[],
): AnyMachineSnapshot | undefined {
  try {
    const context = { ...getInitialSnapshot(machine).context, ...record.context }
    const history = Object.fromEntries(
      Object.entries(record.history).filter(([id, nodes]) =>
        [id, ...nodes].every((node) => hasNode(machine, node)),
      ),
    )
    const snapshot = fromTwinRecord(machine, { ...record, context, history })
    return innermostStates(snapshot).join() === states.join() ? snapshot : undefined
  } catch {
    // XState refuses a state that the machine does not have.
    return undefined
  }
}

function hasNode(machine: AnyStateMachine, id: string): boolean {
  try {
    machine.getStateNodeById(id)
    return true
  } catch {
    return false
  }
}
