import { createHash } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import type { Code } from './declaration.ts'
import { codeFromExports } from './declaration.ts'
import { quote } from './diagnostic.ts'
import type { Finding, Path } from './finding.ts'
import { readInside } from './folder.ts'
import type { FolderReader } from './folder-reader.ts'

const PATH: Path = ['actions']
const DEFAULT_FILE = 'actions.ts'

/** The code, or undefined when it cannot be loaded, which the findings then explain. */
export interface ActionsRead {
  readonly code: Code | undefined
  readonly findings: readonly Finding[]
}

/**
 * Loads the plan's code: the file it names, or `actions.ts` if there is one. The import carries the
 * hash of the file, so that a changed file is a new module. What the file imports itself is not
 * part of the hash.
 */
export async function readActions(reader: FolderReader, named: unknown): Promise<ActionsRead> {
  if (named !== undefined && typeof named !== 'string') return { code: undefined, findings: [] }
  const name = named ?? DEFAULT_FILE
  const found = await readInside(reader.root, name, Number.POSITIVE_INFINITY)
  if (found.state === 'missing') {
    if (named === undefined) return { code: codeFromExports(new Map()), findings: [] }
    return failed('actions-missing', `there is no file ${quote(name)}`)
  }
  if (found.state === 'refused') return failed(found.rule, found.message)
  reader.contents.set(name, found.content)
  const url = pathToFileURL(found.realPath)
  url.searchParams.set('version', createHash('sha256').update(found.content).digest('hex'))
  try {
    const exports = (await import(url.href)) as Record<string, unknown>
    return { code: codeFromExports(new Map(Object.entries(exports)), url.href), findings: [] }
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return failed('actions-failed', `${quote(name)} cannot be loaded: ${reason}`)
  }
}

function failed(rule: string, message: string): ActionsRead {
  return { code: undefined, findings: [{ rule, path: PATH, message }] }
}
