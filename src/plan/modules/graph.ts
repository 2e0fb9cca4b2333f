import { isBuiltin } from 'node:module'
import { basename, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type FileRead, readInside } from '../folder/folder.ts'
import { hashParts } from '../version.ts'
import { type Links, linksOf } from './links.ts'
import type { ModuleSources } from './module-sources.ts'
import { findJsonFault, isScript, readSyntax, type Syntax, type SyntaxFault } from './syntax.ts'

/** One file of a plan's code. */
export interface ModuleFile {
  /** The real path. */
  readonly path: string
  /** Below the plan's folder, with slashes. */
  readonly name: string
  readonly content: Buffer
  /** `opaque`: what only Node itself can load, such as CommonJS. */
  readonly kind: 'module' | 'json' | 'opaque'
  readonly text: string
  readonly syntax: Syntax | undefined
  readonly fault: SyntaxFault | undefined
  readonly links: Links | undefined
  /** Files of the plan by the specifiers that lead to them. */
  readonly targets: ReadonlyMap<string, string>
}

/** The code of a plan: every file below its folder that its actions reach by relative imports. */
export interface ModuleGraph {
  /** The plan's folder, a real path. */
  readonly root: string
  /** The real path of the file that was named. */
  readonly entry: string
  /** By real path. */
  readonly files: ReadonlyMap<string, ModuleFile>
  /** Imports of files of the plan that are not there. */
  readonly missing: readonly MissingImport[]
  /** Content hash of all files. */
  readonly version: string
}

export interface MissingImport {
  /** Real path of the file that imports. */
  readonly from: string
  readonly specifier: string
  /** The real path that it leads to. */
  readonly path: string
}

type EntryRead = Extract<FileRead, { readonly state: 'read' }>

/** Follows the imports of a file. Packages and files outside of the folder are not followed. */
export async function readGraph(root: string, entry: EntryRead): Promise<ModuleGraph> {
  const files = new Map<string, ModuleFile>()
  const missing: MissingImport[] = []
  const waiting: EntryRead[] = [entry]
  const read = readOnce(root)
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (files.has(next.realPath)) continue
    const parsed = parseFile(root, next)
    const found = await readTargets({ root, read, from: next.realPath }, parsed.links)
    waiting.push(...found.targets.values())
    missing.push(...found.missing)
    const targets = [...found.targets].map(
      ([specifier, { realPath }]) => [specifier, realPath] as const,
    )
    files.set(next.realPath, { ...parsed, targets: new Map(targets) })
  }
  const contents = new Map([...files.values()].map(({ name, content }) => [name, content]))
  return { root, entry: entry.realPath, files, missing, version: hashParts(contents) }
}

/** The graph of a version that was read before. */
export function readGraphFrom({ root, entry, version, files }: ModuleSources): ModuleGraph {
  const read = files.map(({ path, text, targets }) => {
    const parsed = parseFile(root, { state: 'read', realPath: path, content: Buffer.from(text) })
    return [path, { ...parsed, targets: new Map(targets) }] as const
  })
  return { root, entry, version, files: new Map(read), missing: [] }
}

type Read = (path: string) => Promise<FileRead>

/** However many import a file, all of them mean the same content. */
function readOnce(root: string): Read {
  const reads = new Map<string, Promise<FileRead>>()
  return (path) => {
    const read = reads.get(path) ?? readInside(root, path, Number.POSITIVE_INFINITY)
    reads.set(path, read)
    return read
  }
}

interface Importer {
  readonly root: string
  readonly read: Read
  /** Real path of the file that imports. */
  readonly from: string
}

async function readTargets({ root, read, from }: Importer, links: Links | undefined) {
  const targets = new Map<string, EntryRead>()
  const missing: MissingImport[] = []
  for (const specifier of specifiersOf(links)) {
    const path = pathOf(specifier, from)
    if (path === undefined || !belongsTo(root, path)) continue
    const found = await read(path)
    if (found.state === 'missing') missing.push({ from, specifier, path })
    else if (found.state === 'read' && belongsTo(root, found.realPath))
      targets.set(specifier, found)
  }
  return { targets, missing }
}

function specifiersOf(links: Links | undefined): readonly string[] {
  return links === undefined ? [] : [...links.specifiers.keys(), ...links.dynamic]
}

/** The file that a specifier names by itself; undefined for what is looked up, such as a package. */
export function pathOf(specifier: string, from: string): string | undefined {
  const isPath = /^(?:\.{0,2}\/|file:)/.test(specifier)
  if (!isPath || isBuiltin(specifier)) return undefined
  const url = URL.parse(specifier, pathToFileURL(from).href)
  try {
    return url?.protocol === 'file:' ? fileURLToPath(url) : undefined
  } catch {
    // Not every URL of a file names one: `file://host/x` does not.
    return undefined
  }
}

function belongsTo(root: string, path: string): boolean {
  const below = relative(root, path)
  return !below.startsWith('..') && !below.split(sep).includes('node_modules')
}

function parseFile(root: string, read: EntryRead): Omit<ModuleFile, 'targets'> {
  const { realPath: path, content } = read
  const name = relative(root, path).split(sep).join('/')
  const text = content.toString('utf8').replace(/^\uFEFF/, '')
  const file = { path, name, content, text, syntax: undefined, fault: undefined, links: undefined }
  if (path.endsWith('.json')) return { ...file, kind: 'json', fault: findJsonFault(text) }
  const language = languageOf(path)
  if (language === undefined) return { ...file, kind: 'opaque' }
  const { syntax, fault } = readSyntax(text, language)
  if (fault !== undefined) {
    const isOther = language === 'javascript' && isScript(text)
    return isOther ? { ...file, kind: 'opaque' } : { ...file, kind: 'module', fault }
  }
  const links = linksOf(syntax.program)
  const kind = isCommonJs(syntax, links) ? 'opaque' : 'module'
  return { ...file, kind, syntax, links }
}

function languageOf(path: string): 'typescript' | 'javascript' | undefined {
  if (/\.m?ts$/.test(path)) return 'typescript'
  return /\.m?js$/.test(path) || !basename(path).includes('.') ? 'javascript' : undefined
}

/** Without a word of a module, and with one of CommonJS. */
function isCommonJs({ text, program }: Syntax, links: Links): boolean {
  const isModule = program.body.some(({ type }) => /^(?:Import|Export)/.test(type))
  if (isModule || links.dynamic.size > 0 || text.includes('import.meta')) return false
  return /\bmodule\.exports\b|\bexports\.|\brequire\(/.test(text)
}
