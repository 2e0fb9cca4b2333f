import { join, relative } from 'node:path'
import type { Code } from '../declaration.ts'
import { codeFromExports } from '../declaration.ts'
import { quote } from '../diagnostic.ts'
import type { Finding, Path } from '../finding.ts'
import { type CodeFault, faultOf, findFaults, reasonOf } from '../modules/faults.ts'
import { type ModuleGraph, readGraph } from '../modules/graph.ts'
import { type CodeOptions, CodeTimeout, evaluateGraph } from '../modules/load.ts'
import { readInside } from './folder.ts'
import type { FolderReader } from './reader.ts'

const PATH: Path = ['actions']
const DEFAULT_FILE = 'actions.ts'

/** The code, or undefined when it cannot be loaded, which the findings then explain. */
export interface ActionsRead {
  readonly code: Code | undefined
  readonly findings: readonly Finding[]
}

/**
 * Loads the plan's code: the file it names, or `actions.ts` if there is one, and every file of the
 * folder that it imports. What is wrong inside of a file goes to the reader's diagnostics.
 */
export async function readActions(
  reader: FolderReader,
  named: unknown,
  options: CodeOptions = {},
): Promise<ActionsRead> {
  if (named !== undefined && typeof named !== 'string') return NOTHING
  const name = named ?? DEFAULT_FILE
  const found = await readInside(reader.root, name, Number.POSITIVE_INFINITY)
  if (found.state === 'missing') {
    if (named === undefined) return { code: codeFromExports(new Map()), findings: [] }
    return failed('actions-missing', `there is no file ${quote(name)}`)
  }
  if (found.state === 'refused') return failed(found.rule, found.message)
  const graph = await readGraph(reader.root, found)
  for (const file of graph.files.values()) reader.contents.set(file.name, file.content)
  const faults = await findFaults(graph)
  return faults.length > 0 ? blame(reader, graph, faults) : evaluate(reader, graph, name, options)
}

async function evaluate(
  reader: FolderReader,
  graph: ModuleGraph,
  name: string,
  options: CodeOptions,
): Promise<ActionsRead> {
  try {
    const { exports, url, sources } = await evaluateGraph(graph, options)
    const code = codeFromExports(new Map(Object.entries(exports)), url, sources)
    return { code, findings: [] }
  } catch (error) {
    if (error instanceof CodeTimeout) {
      const message = `${quote(name)} cannot be loaded: ${error.message}. Does something at its top level wait for ever?`
      return failed('actions-timeout', message)
    }
    const fault = faultOf(graph, name, error)
    if (fault !== undefined) return blame(reader, graph, [fault])
    return failed('actions-failed', `${quote(name)} cannot be loaded: ${reasonOf(error)}`)
  }
}

const NOTHING: ActionsRead = { code: undefined, findings: [] }

function failed(rule: string, message: string): ActionsRead {
  return { code: undefined, findings: [{ rule, path: PATH, message }] }
}

function blame(
  reader: FolderReader,
  graph: ModuleGraph,
  faults: readonly CodeFault[],
): ActionsRead {
  for (const { path, ...fault } of faults) {
    const file = join(reader.folder, relative(reader.root, path))
    reader.diagnostics.push({ ...fault, path: PATH.join('.'), file })
    const text = graph.files.get(path)?.text
    if (text !== undefined) reader.texts.set(file, text)
  }
  return NOTHING
}
