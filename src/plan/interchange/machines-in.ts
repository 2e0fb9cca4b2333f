import type { CallExpression, Node, Program } from 'acorn'
import { nodesOf } from '../modules/syntax.ts'

/** A machine that a module makes: the config, and the name it is kept under. */
export interface MachineCall {
  /** Undefined when it has none of its own. */
  readonly name: string | undefined
  readonly config: Node
}

/** Every `createMachine({…})` and `setup(…).createMachine({…})` of a module, in order. */
export function machinesIn(program: Program): readonly MachineCall[] {
  const names = namesOf(program)
  return [...nodesOf(program)].flatMap((node) => {
    const [config] = isMachineCall(node) ? node.arguments : []
    return config === undefined ? [] : [{ name: names.get(node), config }]
  })
}

function isMachineCall(node: Node): node is CallExpression {
  if (node.type !== 'CallExpression') return false
  const { callee } = node as CallExpression
  if (callee.type === 'Identifier') return callee.name === 'createMachine'
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false
  return callee.property.name === 'createMachine'
}

function namesOf(program: Program): ReadonlyMap<Node, string> {
  const names = new Map<Node, string>()
  for (const node of nodesOf(program)) {
    if (node.type === 'VariableDeclarator') {
      const { id, init } = node as unknown as { id: Node & { name?: string }; init: Node | null }
      if (init !== null && id.name !== undefined) names.set(init, id.name)
    }
    if (node.type === 'ExportDefaultDeclaration') {
      names.set((node as unknown as { declaration: Node }).declaration, 'default')
    }
  }
  return names
}
