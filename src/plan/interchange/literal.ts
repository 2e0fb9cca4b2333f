import type { Expression, Node, Program, Property } from 'acorn'
import type { Path } from '../finding.ts'

/** A place in a text as offsets: from, and to (exclusive). */
export type Span = readonly [from: number, to: number]

/** Something that only running the module could tell. */
export interface NotLiteral {
  readonly message: string
  readonly span: Span
}

/** A value as it stands in a module, and where each part of it was written. */
export interface Literal {
  readonly value: unknown
  readonly problems: readonly NotLiteral[]
  /** The place of a part: of its key, or of its value. */
  locate(path: Path, at: 'key' | 'value'): Span
}

interface Place {
  readonly key: Span
  readonly value: Span
}

/** Reads an expression without running it. */
export function readLiteral(expression: Node, constants: Constants): Literal {
  const reader = new LiteralReader(constants)
  const value = reader.read(expression as Expression, [], spanOf(expression))
  return {
    value,
    problems: reader.problems,
    locate: (path, at) => reader.locate(path)[at],
  }
}

/** The expressions that a module's own `const` names stand for. */
export type Constants = ReadonlyMap<string, Node>

export function constantsOf(program: Program): Constants {
  const declarations = program.body.flatMap((statement) => {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    return declared?.type === 'VariableDeclaration' && declared.kind === 'const'
      ? declared.declarations
      : []
  })
  return new Map(
    declarations.flatMap(({ id, init }) =>
      id.type === 'Identifier' && init != null ? [[id.name, init] as const] : [],
    ),
  )
}

const UNREADABLE = Symbol('unreadable')

class LiteralReader {
  readonly problems: NotLiteral[] = []
  readonly #constants: Constants
  readonly #places = new Map<string, Place>()
  /** Names on the way to the present one: a constant that needs itself has no value. */
  readonly #underWay = new Set<string>()

  constructor(constants: Constants) {
    this.#constants = constants
  }

  read(node: Expression, path: Path, key: Span): unknown {
    this.#places.set(JSON.stringify(path), { key, value: spanOf(node) })
    const value = this.#valueOf(node, path)
    return value === UNREADABLE ? undefined : value
  }

  /** Of what is not there, the nearest thing around it that is. */
  locate(path: Path): Place {
    const found = this.#places.get(JSON.stringify(path))
    if (found !== undefined) return found
    const around =
      path.length === 0 ? { key: NOWHERE, value: NOWHERE } : this.locate(path.slice(0, -1))
    return { key: around.key, value: around.key }
  }

  #valueOf(node: Expression, path: Path): unknown {
    switch (node.type) {
      case 'Literal':
        return node.regex == null && node.bigint == null
          ? node.value
          : this.#refuse(node, 'this is no JSON value')
      case 'TemplateLiteral':
        return node.expressions.length === 0
          ? node.quasis[0]?.value.cooked
          : this.#refuse(node, 'a text that is put together is only known when the module runs')
      case 'UnaryExpression':
        return this.#negative(node, path)
      case 'ArrayExpression':
        return node.elements.map((each, index) => this.#element(each, [...path, index], node))
      case 'ObjectExpression':
        return this.#object(node.properties, path)
      case 'Identifier':
        return this.#named(node.name, node, path)
      default:
        return this.#refuse(node, describe(node))
    }
  }

  #element(node: Node | null, path: Path, list: Node): unknown {
    if (node === null) return this.#refuse(list, 'a list with holes')
    return this.read(node as Expression, path, spanOf(node))
  }

  #negative(node: Extract<Expression, { type: 'UnaryExpression' }>, path: Path): unknown {
    const operand = node.operator === '-' ? this.#valueOf(node.argument, path) : undefined
    return typeof operand === 'number' ? -operand : this.#refuse(node, describe(node))
  }

  #object(properties: readonly Node[], path: Path): unknown {
    const entries = properties.flatMap((each) => {
      const property = each as Property
      const name = nameOf(property)
      if (name === undefined) {
        this.#refuse(each, 'only plain keys with values can be read')
        return []
      }
      if (property.kind !== 'init' || property.method) {
        this.#refuse(each, describe(property.value))
        return []
      }
      return [[name, this.read(property.value, [...path, name], spanOf(property.key))] as const]
    })
    return Object.fromEntries(entries)
  }

  #named(name: string, node: Node, path: Path): unknown {
    if (name === 'undefined') return undefined
    const constant = this.#constants.get(name)
    if (constant === undefined || this.#underWay.has(name)) {
      return this.#refuse(node, `"${name}" is no constant of this file whose value is written out`)
    }
    this.#underWay.add(name)
    const value = this.#valueOf(constant as Expression, path)
    this.#underWay.delete(name)
    return value
  }

  #refuse(node: Node, message: string): typeof UNREADABLE {
    this.problems.push({ message, span: spanOf(node) })
    return UNREADABLE
  }
}

const NOWHERE: Span = [0, 1]

function spanOf({ start, end }: Node): Span {
  return [start, end]
}

function nameOf(property: Property): string | undefined {
  if (property.type !== 'Property' || property.shorthand === undefined) return undefined
  const { key, computed } = property
  if (!computed && key.type === 'Identifier') return key.name
  return key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number')
    ? String(key.value)
    : undefined
}

function describe({ type }: Node): string {
  if (type === 'ArrowFunctionExpression' || type === 'FunctionExpression') {
    return 'a function in place cannot be read: give it a name in setup() and write the name here'
  }
  return 'only literals can be read, because the module is not run'
}
