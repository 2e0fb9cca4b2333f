import type { Alias, Document, Node } from 'yaml'
import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml'
import type { Part, Path } from '../finding.ts'
import type { Span } from './span.ts'
import { spanOf } from './span.ts'

/**
 * Finds the text of a value: a scalar itself, a map or list by its key, and what is not there by
 * the nearest thing around it that is.
 */
export function createLocator(
  document: Document.Parsed,
  text: string,
  resolved: ReadonlyMap<Alias, Node>,
): (path: Path, at: 'key' | 'value', within?: Part) => Span {
  return (path, at, within) => {
    const { node, key } = follow(document.contents, path, resolved)
    if (at === 'value' && isWrittenOut(node)) {
      return (within && partOf(node, text, within)) ?? spanOf(node)
    }
    if (key !== undefined) return spanOf(key)
    const [from] = isNode(node) ? spanOf(node) : [0]
    return [from, from + 1]
  }
}

/** Undefined for a text that is written otherwise than it reads: with escapes, folded, by an alias. */
function partOf(node: Node, text: string, { from, to }: Part): Span | undefined {
  if (!isScalar(node) || typeof node.value !== 'string') return undefined
  const [start] = spanOf(node)
  const inside = node.type === 'PLAIN' ? start : start + 1
  if (!text.startsWith(node.value, inside) || node.value.includes('\n')) return undefined
  return [inside + from, inside + Math.max(to, from + 1)]
}

/** The node at the end of a path, or as far along as it leads, with the key or item it stands at. */
function follow(start: unknown, path: Path, resolved: ReadonlyMap<Alias, Node>) {
  let node: unknown = start
  let key: Node | undefined
  for (const part of path) {
    const entry = entryAt(isAlias(node) ? resolved.get(node) : node, part)
    // What is missing has no value to point at, so the key around it has to do.
    if (entry === undefined) return { node: key === undefined ? start : undefined, key }
    node = entry.value
    key = entry.key ?? (isNode(node) ? node : key)
  }
  return { node, key }
}

function entryAt(container: unknown, part: string | number) {
  if (isSeq(container)) {
    const index = Number(part)
    return index in container.items ? { key: undefined, value: container.items[index] } : undefined
  }
  if (!isMap(container)) return undefined
  const pair = container.items.find(
    ({ key }) => isScalar(key) && (key.value === part || key.source === String(part)),
  )
  return pair && { key: pair.key as Node, value: pair.value }
}

/** An empty value (`key:` and nothing more) has no text of its own, a map or list has too much. */
function isWrittenOut(node: unknown): node is Node {
  return (isScalar(node) || isAlias(node)) && node.range != null && node.range[1] > node.range[0]
}
