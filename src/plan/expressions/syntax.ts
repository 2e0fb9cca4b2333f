import type { Place } from './error.ts'

export type Arithmetic = '+' | '-' | '*' | '/' | '%'
export type Comparison = '<' | '<=' | '>' | '>='
export type BinaryOperator = Arithmetic | Comparison | '==' | '!=' | 'in'

/** What is done with each item of a list, or each key of a map. */
export type Loop = 'all' | 'exists' | 'exists_one' | 'filter' | 'map'

/** An expression as a tree. Only what is listed here can be evaluated. */
export type Node = Place &
  (
    | { readonly kind: 'value'; readonly value: null | boolean | bigint | number | string }
    | { readonly kind: 'name'; readonly name: string }
    | {
        readonly kind: 'field'
        readonly of: Node
        readonly key: Node
        /** `.?key` and `[?key]`: what is missing is an empty optional instead of an error. */
        readonly optional: boolean
      }
    | { readonly kind: 'has'; readonly of: Node; readonly key: string }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
    | {
        readonly kind: 'method'
        readonly name: string
        readonly of: Node
        readonly args: readonly Node[]
      }
    | {
        readonly kind: 'loop'
        readonly loop: Loop
        readonly of: Node
        readonly variable: string
        /** Items for which it is false are left out; only of `map`. */
        readonly where: Node | undefined
        readonly body: Node
      }
    | { readonly kind: 'list'; readonly items: readonly Node[] }
    | { readonly kind: 'map'; readonly entries: readonly (readonly [key: Node, value: Node])[] }
    | {
        readonly kind: 'choice'
        readonly condition: Node
        readonly yes: Node
        readonly no: Node
      }
    | { readonly kind: 'and' | 'or'; readonly left: Node; readonly right: Node }
    | {
        readonly kind: 'binary'
        readonly operator: BinaryOperator
        readonly left: Node
        readonly right: Node
      }
    | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly of: Node }
  )

/** The nodes that a node is made of, in the order in which they are written. */
export function partsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'value':
    case 'name':
      return []
    case 'field':
      return [node.of, node.key]
    case 'has':
    case 'unary':
      return [node.of]
    case 'call':
      return node.args
    case 'method':
      return [node.of, ...node.args]
    case 'loop':
      return [node.of, ...(node.where ? [node.where] : []), node.body]
    case 'list':
      return node.items
    case 'map':
      return node.entries.flat()
    case 'choice':
      return [node.condition, node.yes, node.no]
    default:
      return [node.left, node.right]
  }
}
