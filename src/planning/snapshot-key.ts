import type { AnyMachineSnapshot } from 'xstate'
import { canonicalJson } from './configuration.ts'

const keys = new WeakMap<AnyMachineSnapshot, string>()

/**
 * Equal for snapshots with the same future. History decides where later events lead, so it is part
 * of it beside the value and the context.
 * @throws {TypeError} for a circular context.
 */
export function snapshotKey(snapshot: AnyMachineSnapshot): string {
  const known = keys.get(snapshot)
  if (known !== undefined) return known
  const { value, context, historyValue } = snapshot
  const parts = [
    value,
    isEmpty(context) ? 0 : context,
    isEmpty(historyValue) ? 0 : toIds(historyValue),
  ]
  const key = parts.map(canonicalJson).join(' ')
  keys.set(snapshot, key)
  return key
}

function isEmpty(record: object | undefined): boolean {
  for (const _ in record) return false
  return true
}

function toIds(history: AnyMachineSnapshot['historyValue']): Record<string, string[]> {
  const ids = Object.entries(history).map(([id, nodes]) => [
    id,
    nodes.map((node) => node.id).sort(),
  ])
  return Object.fromEntries(ids)
}
