import type {
  ExportNamedDeclaration,
  ExportSpecifier,
  Identifier,
  ImportDeclaration,
  Literal,
  Node,
  Pattern,
  Program,
} from 'acorn'
import { nodesOf } from './syntax.ts'

/** A name of one module that stands for a name of another. */
export interface Binding {
  readonly specifier: string
  /** The name there; undefined: all of its names, as an object. */
  readonly name: string | undefined
  readonly start: number
}

/** What a module takes from others and gives to them. */
export interface Links {
  /** What is imported whenever the module is, in the order of the text, and with which attributes. */
  readonly specifiers: ReadonlyMap<string, { readonly start: number; readonly type?: string }>
  /** What `import()` names by a literal. */
  readonly dynamic: ReadonlySet<string>
  /** By the name that it has in this module. */
  readonly imports: ReadonlyMap<string, Binding>
  /** Names inside of the module, by the names they are exported as. */
  readonly locals: ReadonlyMap<string, string>
  /** What is exported of others without a name here. */
  readonly passed: ReadonlyMap<string, Binding>
  /** Modules whose names are all passed on. */
  readonly stars: readonly string[]
}

/** The name of a default export that has none. */
export const DEFAULT_LOCAL = '__setpoint_default'

export function linksOf(program: Program): Links {
  const links = new LinkCollector()
  for (const node of program.body) links.take(node)
  for (const node of nodesOf(program)) links.takeDynamic(node)
  return links
}

class LinkCollector implements Links {
  readonly specifiers = new Map<string, { start: number; type?: string }>()
  readonly dynamic = new Set<string>()
  readonly imports = new Map<string, Binding>()
  readonly locals = new Map<string, string>()
  readonly passed = new Map<string, Binding>()
  readonly stars: string[] = []

  take(node: Program['body'][number]): void {
    switch (node.type) {
      case 'ImportDeclaration':
        this.#import(node)
        return
      case 'ExportNamedDeclaration':
        this.#export(node)
        return
      case 'ExportDefaultDeclaration':
        this.locals.set('default', defaultName(node.declaration))
        return
      case 'ExportAllDeclaration': {
        const specifier = this.#from(node)
        if (node.exported === null || node.exported === undefined) this.stars.push(specifier)
        else
          this.passed.set(nameOf(node.exported), { specifier, name: undefined, start: node.start })
      }
    }
  }

  takeDynamic(node: Node): void {
    if (node.type !== 'ImportExpression') return
    const { source } = node as Node & { readonly source: Literal }
    if (source.type === 'Literal' && typeof source.value === 'string')
      this.dynamic.add(source.value)
  }

  #import(node: ImportDeclaration): void {
    const specifier = this.#from(node)
    for (const each of node.specifiers) {
      const { start } = each
      this.imports.set(each.local.name, { specifier, name: importedName(each), start })
    }
  }

  #export(node: ExportNamedDeclaration): void {
    const { declaration, source, specifiers } = node
    if (source) {
      const specifier = this.#from({ ...node, source })
      for (const each of specifiers) this.#pass(specifier, each)
      return
    }
    for (const each of specifiers) this.locals.set(nameOf(each.exported), nameOf(each.local))
    if (declaration) for (const name of declaredNames(declaration)) this.locals.set(name, name)
  }

  #pass(specifier: string, { local, exported, start }: ExportSpecifier): void {
    this.passed.set(nameOf(exported), { specifier, name: nameOf(local), start })
  }

  #from(node: Pick<ImportDeclaration, 'source' | 'attributes'>): string {
    const specifier = String(node.source.value)
    const type = node.attributes?.find(({ key }) => nameOf(key) === 'type')?.value.value
    if (!this.specifiers.has(specifier)) {
      const { start } = node.source
      this.specifiers.set(specifier, { start, ...(type !== undefined && { type: String(type) }) })
    }
    return specifier
  }
}

function nameOf(name: Identifier | Literal): string {
  return name.type === 'Identifier' ? name.name : String(name.value)
}

function importedName(each: ImportDeclaration['specifiers'][number]): string | undefined {
  if (each.type === 'ImportSpecifier') return nameOf(each.imported)
  return each.type === 'ImportDefaultSpecifier' ? 'default' : undefined
}

function defaultName(declaration: Node): string {
  const { id } = declaration as { readonly id?: Identifier | null }
  return isDeclaration(declaration) && id ? id.name : DEFAULT_LOCAL
}

/** Whether it is a statement of its own, and no value. */
export function isDeclaration({ type }: Node): boolean {
  return type === 'FunctionDeclaration' || type === 'ClassDeclaration'
}

function declaredNames(
  declaration: NonNullable<ExportNamedDeclaration['declaration']>,
): readonly string[] {
  if (declaration.type !== 'VariableDeclaration') return [declaration.id.name]
  return declaration.declarations.flatMap(({ id }) => patternNames(id))
}

/** The names that a pattern binds or assigns to. */
export function patternNames(pattern: Pattern | null): readonly string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((each) =>
        patternNames(each.type === 'Property' ? each.value : each.argument),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap(patternNames)
    case 'RestElement':
      return patternNames(pattern.argument)
    case 'AssignmentPattern':
      return patternNames(pattern.left)
    default:
      return []
  }
}
