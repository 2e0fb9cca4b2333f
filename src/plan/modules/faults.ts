import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Diagnostic } from '../diagnostic.ts'
import { quote } from '../diagnostic.ts'
import { nearestName } from '../nearest.ts'
import type { MissingImport, ModuleFile, ModuleGraph } from './graph.ts'
import { ModuleFault } from './module-fault.ts'

/** A diagnostic of a file of the code, which its real path names. */
export type CodeFault = Pick<
  Diagnostic,
  'rule' | 'message' | 'line' | 'column' | 'length' | 'suggestion'
> & { readonly path: string }

/** What is wrong with the code before any of it has run. */
export async function findFaults(graph: ModuleGraph): Promise<readonly CodeFault[]> {
  const faults: CodeFault[] = [...graph.files.values()].flatMap(({ path, fault }) =>
    fault === undefined ? [] : [{ rule: 'actions-syntax', path, ...fault }],
  )
  for (const each of graph.missing) {
    const file = graph.files.get(each.from)
    const start = file?.links?.specifiers.get(each.specifier)?.start
    // What only `import()` asks for may be missing on purpose.
    if (file === undefined || start === undefined) continue
    const length = each.specifier.length + 2
    const suggestion = await nearestFile(each)
    faults.push({
      rule: 'actions-missing',
      path: file.path,
      message: `there is no file ${quote(each.specifier)}`,
      ...placeAt(file.text, start, length),
      ...(suggestion !== undefined && { suggestion }),
    })
  }
  return faults
}

async function nearestFile({ path, specifier }: MissingImport): Promise<string | undefined> {
  const names = await readdir(dirname(path)).catch((): string[] => [])
  const wanted = basename(path)
  const found = names.find((name) => name.startsWith(`${wanted}.`)) ?? nearestName(wanted, names)
  return found && specifier.slice(0, specifier.length - basename(specifier).length) + found
}

/** What the code threw, at the place where it did, as far as that is a place of the plan. */
export function faultOf(graph: ModuleGraph, name: string, error: unknown): CodeFault | undefined {
  const message = `${quote(name)} cannot be loaded: ${reasonOf(error)}`
  if (error instanceof ModuleFault) {
    const { path, start, length, suggestion } = error
    const text = graph.files.get(path)?.text ?? ''
    return {
      rule: 'actions-failed',
      path,
      message,
      ...placeAt(text, start, length),
      ...(suggestion !== undefined && { suggestion }),
    }
  }
  const place = error instanceof Error ? placeIn(error.stack ?? '', graph) : undefined
  return place && { rule: 'actions-failed', message, ...place }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

function placeAt(text: string, start: number, length: number) {
  const lines = text.slice(0, start).split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, length }
}

type StackPlace = Pick<CodeFault, 'path' | 'line' | 'column' | 'length'>

/** `file:///a.ts?version=1:2`, the source line and carets, as Node puts them before a stack. */
const HEAD = /^(\S+):(\d+)\r?\n[^\n]*\n( *)(\^+)/
const FRAME = /^\s+at .*?((?:file:\/\/)?\/?[^\s()]+):(\d+):(\d+)\)?$/

/** The first place of a stack that lies in one of the plan's files. */
function placeIn(stack: string, graph: ModuleGraph): StackPlace | undefined {
  const [, address = '', line, before, carets] = HEAD.exec(stack) ?? []
  const file = fileAt(address, graph)
  if (file !== undefined && before !== undefined && carets !== undefined) {
    return { path: file.path, line: Number(line), column: before.length + 1, length: carets.length }
  }
  for (const text of stack.split('\n')) {
    const [, frame = '', row, column] = FRAME.exec(text) ?? []
    const found = fileAt(frame, graph)
    if (found !== undefined) {
      return { path: found.path, line: Number(row), column: Number(column), length: 1 }
    }
  }
  return undefined
}

function fileAt(address: string, { files }: ModuleGraph): ModuleFile | undefined {
  const plain = address.replace(/\?.*$/, '')
  return (
    files.get(plain) ?? [...files.values()].find(({ path }) => pathToFileURL(path).href === plain)
  )
}
