import type { Alias, Document, Node, Pair, YAMLMap } from 'yaml'
import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import { quote } from '../diagnostic.ts'
import type { Path } from '../finding.ts'
import { formatPath } from '../finding.ts'
import type { Report } from './span.ts'
import { SOURCE_LIMITS, spanOf } from './span.ts'

/** Keys that mean something to JavaScript itself, and YAML's merge key, which 1.2 does not have. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype', '<<'])

interface Conversion {
  readonly report: Report
  readonly anchors: Map<string, Node>
  /** What each alias stands for, kept for positions. */
  readonly resolved: Map<Alias, Node>
  /** The nodes being converted now: an alias to one of them would never end. */
  readonly active: Set<Node>
  /** How many aliases the current node stands inside. */
  expanding: number
  expanded: number
}

/** The document as plain data. Entries that cannot be used are reported and left out. */
export function toValue(
  document: Document.Parsed,
  report: Report,
): { value: unknown; resolved: ReadonlyMap<Alias, Node> } {
  const conversion: Conversion = {
    report,
    anchors: new Map(),
    resolved: new Map(),
    active: new Set(),
    expanding: 0,
    expanded: 0,
  }
  const value = convert(document.contents, [], conversion)
  return { value, resolved: conversion.resolved }
}

function convert(node: unknown, path: Path, state: Conversion): unknown {
  if (state.expanding > 0) state.expanded++
  if (isAlias(node)) return convertAlias(node, path, state)
  if (isScalar(node)) {
    if (node.anchor && state.expanding === 0) state.anchors.set(node.anchor, node)
    return node.value
  }
  if (!isMap(node) && !isSeq(node)) return null
  if (node.anchor && state.expanding === 0) state.anchors.set(node.anchor, node)
  state.active.add(node)
  const value = isMap(node)
    ? convertMap(node, path, state)
    : node.items.map((item, index) => convert(item, [...path, index], state))
  state.active.delete(node)
  return value
}

function convertMap(map: YAMLMap, path: Path, state: Conversion): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const pair of map.items) {
    const key = toKey(pair, map, path, state)
    if (key === undefined) continue
    if (Object.hasOwn(value, key)) {
      refuse('duplicate-key', `${quote(key)} stands here twice`, pair.key, path, state)
    } else {
      value[key] = convert(pair.value, [...path, key], state)
    }
  }
  return value
}

function toKey(pair: Pair, map: YAMLMap, path: Path, state: Conversion): string | undefined {
  const { key } = pair
  if (!isScalar(key) || key.value === null) {
    refuse('key-type', 'a key has to be a plain name', isScalar(key) ? key : map, path, state)
    return undefined
  }
  const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
  if (FORBIDDEN_KEYS.has(name)) {
    refuse('forbidden-key', `${quote(name)} is not allowed as a key`, key, path, state)
    return undefined
  }
  return name
}

function convertAlias(alias: Alias, path: Path, state: Conversion): unknown {
  const target = state.resolved.get(alias) ?? state.anchors.get(alias.source)
  if (target === undefined) {
    refuse('unknown-alias', `no anchor ${quote(alias.source)} before this`, alias, path, state)
    return null
  }
  if (state.active.has(target)) {
    refuse('alias-cycle', `${quote(alias.source)} contains itself`, alias, path, state)
    return null
  }
  if (path.length >= SOURCE_LIMITS.depth) {
    const message = `aliases nest deeper than ${SOURCE_LIMITS.depth} levels`
    refuse('alias-limit', message, alias, path, state)
    return null
  }
  if (state.expanded > SOURCE_LIMITS.aliasNodes) return null
  state.resolved.set(alias, target)
  state.expanding++
  const value = convert(target, path, state)
  state.expanding--
  if (state.expanded > SOURCE_LIMITS.aliasNodes && state.expanding === 0) {
    const message = `aliases stand for more than ${SOURCE_LIMITS.aliasNodes} values`
    refuse('alias-limit', message, alias, path, state)
  }
  return value
}

function refuse(rule: string, message: string, node: unknown, path: Path, state: Conversion) {
  // Inside an alias the same place was, or will be, reported where it is written.
  if (state.expanding > 0 && rule !== 'alias-limit') return
  state.report(rule, message, spanOf(node as Node), formatPath(path))
}
