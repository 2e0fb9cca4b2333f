import type {
  AnyActorScope,
  AnyEventObject,
  AnyMachineSnapshot,
  AnyStateNode,
  ContextFrom,
} from 'xstate'
import { pathOf } from './placement.ts'

type ActionCall = Parameters<AnyActorScope['actionExecutor']>[0]

/** The `after` of a state was started, or stopped because the state was left. */
export type DelayChange =
  | { readonly kind: 'started'; readonly event: string; readonly delay: number }
  | { readonly kind: 'stopped'; readonly event: string }

const AFTER = 'xstate.after.'

/** Whether the event is that of an `after`: `xstate.after.<delay>.<id of the state>`. */
export function isAfterEvent(type: string): boolean {
  return type.startsWith(AFTER)
}

/**
 * The same scope, but an `after` that the machine starts or stops is handed to `note` and never
 * reaches the timers of the actor system.
 */
export function withoutTimers(
  scope: AnyActorScope,
  note: (change: DelayChange) => void,
): AnyActorScope {
  return {
    ...scope,
    actionExecutor(action) {
      const change = toDelayChange(action)
      if (change === undefined) scope.actionExecutor(action)
      else note(change)
    },
  }
}

function toDelayChange({ type, params }: ActionCall): DelayChange | undefined {
  if (typeof params !== 'object' || params === null) return undefined
  const { sendId, event, delay } = params as {
    readonly sendId?: unknown
    readonly event?: AnyEventObject
    readonly delay?: unknown
  }
  if (type === 'xstate.cancel' && typeof sendId === 'string' && isAfterEvent(sendId)) {
    return { kind: 'stopped', event: sendId }
  }
  if (type !== 'xstate.raise' || event === undefined || !isAfterEvent(event.type)) return undefined
  return typeof delay === 'number' ? { kind: 'started', event: event.type, delay } : undefined
}

/** The delays of what is active in one snapshot and not in another, as entering would start them. */
export function delaysBetween(
  before: AnyMachineSnapshot | undefined,
  after: AnyMachineSnapshot,
  event: AnyEventObject,
): readonly DelayChange[] {
  const left = before?._nodes.filter((node) => !after._nodes.includes(node)) ?? []
  const entered = after._nodes.filter((node) => !before?._nodes.includes(node))
  return [
    ...left.flatMap((node) => afterEvents(node)).map((event) => stopped(event)),
    ...entered.sort((a, b) => a.order - b.order).flatMap((node) => startsOf(node, after, event)),
  ]
}

/** The state below which an event of `after` is waited for, if it is active in the snapshot. */
export function stateWaitingFor(event: string, snapshot: AnyMachineSnapshot): string | undefined {
  const node = snapshot._nodes.find((node) => afterEvents(node).includes(event))
  return node === undefined ? undefined : pathOf(node)
}

function stopped(event: string): DelayChange {
  return { kind: 'stopped', event }
}

function afterEvents(node: AnyStateNode): readonly string[] {
  return [...new Set(node.after.map(({ eventType }) => eventType))]
}

function startsOf(
  node: AnyStateNode,
  snapshot: AnyMachineSnapshot,
  event: AnyEventObject,
): readonly DelayChange[] {
  const delays = new Map(node.after.map(({ eventType, delay }) => [eventType, delay]))
  return [...delays].map(([type, delay]) => ({
    kind: 'started',
    event: type,
    delay: toMilliseconds(delay, snapshot, event),
  }))
}

type NamedDelay =
  | number
  | ((args: {
      context: ContextFrom<AnyMachineSnapshot['machine']>
      event: AnyEventObject
    }) => number)

function toMilliseconds(
  delay: unknown,
  { machine, context }: AnyMachineSnapshot,
  event: AnyEventObject,
): number {
  if (typeof delay === 'number') return delay
  const named = machine.implementations.delays[String(delay)] as NamedDelay | undefined
  return typeof named === 'function' ? named({ context, event }) : (named ?? 0)
}
