import type { Identifier, MetaProperty, Node, Pattern } from 'acorn'
import { DEFAULT_LOCAL, isDeclaration, type Links, patternNames } from './links.ts'
import { nodesOf, type Syntax } from './syntax.ts'

/** What the text of a module's body is given. The names are not for people to use. */
const BODY_PARAMETERS = {
  import: '__setpoint_import',
  meta: '__setpoint_meta',
  changed: '__setpoint_changed',
  exports: '__setpoint_exports',
  start: '__setpoint_start',
} as const

const PARAMETERS = Object.values(BODY_PARAMETERS).join(',')

export interface Body {
  /**
   * Text of a function that gives `bind`, which sets the imported names, and `run`, the module
   * itself. `run` hands out its exports at once, so that a circle finds them, and goes on when
   * `start` resolves.
   */
  readonly text: string
  /** How many characters stand before those of the module on its first line. */
  readonly offset: number
}

/**
 * The module as a function. In contrast to a module it can be collected as garbage when nobody uses
 * it any more. Lines stay where they were, and columns too but for those after a default export,
 * `import.meta` or a change of an exported variable on the same line.
 */
export function toBody(syntax: Syntax, links: Links): Body {
  const names = [...links.imports.keys()]
  const declared = names.length === 0 ? '' : `let ${names.join(',')};`
  const bound = names.map((name) => `${name}=from(${JSON.stringify(name)});`).join('')
  const given = [...links.locals].map(([name, local]) => `${JSON.stringify(name)}:()=>${local}`)
  const start = `${BODY_PARAMETERS.exports}({__proto__:null,${given.join(',')}});await ${BODY_PARAMETERS.start};`
  const before = `'use strict';${declared}return{bind(from){${bound}},run:async function(${PARAMETERS}){${start}`
  return { text: `${before}${rewrite(syntax, links)}\n}}`, offset: before.length }
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

function rewrite({ text, program }: Syntax, links: Links): string {
  const changing = new Set(links.locals.values())
  const edits = [
    // What ends where a statement ends is closed before it.
    ...[...nodesOf(program)].flatMap((node) => editExpression(node, changing)),
    ...program.body.flatMap((node) => editStatement(node, text)),
  ].sort((a, b) => a.start - b.start || a.end - b.end)
  let result = ''
  let from = 0
  for (const { start, end, text: replacement } of edits) {
    result += text.slice(from, start) + replacement
    from = end
  }
  return result + text.slice(from)
}

const EXPORT_DEFAULT = /export(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*\n)+default/y

function editStatement(node: Node, text: string): readonly Edit[] {
  const { start, end, type } = node
  if (type === 'ImportDeclaration' || type === 'ExportAllDeclaration') return [blank(node, text)]
  if (type === 'ExportNamedDeclaration') {
    const { declaration } = node as { readonly declaration?: Node | null }
    return [declaration ? { start, end: start + 6, text: ';     ' } : blank(node, text)]
  }
  if (type !== 'ExportDefaultDeclaration') return []
  EXPORT_DEFAULT.lastIndex = start
  const head = blank({ start, end: start + (EXPORT_DEFAULT.exec(text)?.[0].length ?? 0) }, text)
  const { declaration } = node as unknown as {
    readonly declaration: Node & { readonly id?: unknown }
  }
  if (isDeclaration(declaration) && declaration.id) return [head]
  // An object's property gives what has no name the name `default`, as an export does.
  const close = text[end - 1] === ';' ? end - 1 : end
  return [
    { ...head, text: `${head.text}const ${DEFAULT_LOCAL}={default:` },
    { start: close, end: close, text: '}.default;' },
  ]
}

/** Keeps the line breaks, and ends the statement before, which may have relied on this one. */
function blank({ start, end }: Pick<Node, 'start' | 'end'>, text: string): Edit {
  return { start, end, text: `;${text.slice(start + 1, end).replace(/[^\n\r\u2028\u2029]/g, ' ')}` }
}

function editExpression(node: Node, exported: ReadonlySet<string>): readonly Edit[] {
  const { start, end, type } = node
  if (type === 'ImportExpression') {
    return [{ start, end: start + 'import'.length, text: BODY_PARAMETERS.import }]
  }
  if (type === 'MetaProperty' && (node as MetaProperty).meta.name === 'import') {
    return [{ start, end, text: BODY_PARAMETERS.meta }]
  }
  if (!assignedNames(node).some((name) => exported.has(name))) return []
  return [
    { start, end: start, text: `${BODY_PARAMETERS.changed}(` },
    { start: end, end, text: ')' },
  ]
}

function assignedNames(node: Node): readonly string[] {
  if (node.type === 'AssignmentExpression') {
    return patternNames((node as Node & { readonly left: Pattern }).left)
  }
  if (node.type !== 'UpdateExpression') return []
  const { argument } = node as Node & { readonly argument: Identifier }
  return argument.type === 'Identifier' ? [argument.name] : []
}
