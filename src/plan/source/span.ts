import type { Node } from 'yaml'

/** What one file may hold. YAML that exceeds it is refused before anything is built from it. */
export const SOURCE_LIMITS = {
  bytes: 256 * 1024,
  keysPerMap: 1000,
  depth: 64,
  /** Scalars, lists and maps in one file; marks before one value. What they are written with, spaces too. */
  values: 20_000,
  lexemes: 150_000,
  marks: 1000,
  /** Nodes that aliases may stand for, all together. */
  aliasNodes: 10_000,
} as const

/** A place in a text as offsets: from, and to (exclusive). */
export type Span = readonly [from: number, to: number]

/** Takes one thing that is wrong with a text; `path` is where in its value, as far as known. */
export type Report = (rule: string, message: string, span: Span, path?: string) => void

/** Where a node was written, without the comments and spaces after it. */
export function spanOf(node: Node): Span {
  const [from, to] = node.range ?? [0, 1]
  return [from, Math.max(to, from + 1)]
}
