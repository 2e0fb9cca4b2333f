import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { ModuleGraph } from './graph.ts'
import type { Namespace } from './host.ts'
import { IsolatedCodes } from './isolated-code.ts'
import type { ModuleSources } from './module-sources.ts'
import { NativeFiles } from './native-files.ts'

export interface CodeOptions {
  /**
   * `native`: by Node itself, which keeps every module for as long as the process lives.
   * `reloadable`: apart from Node's modules, so that a version that nobody uses any more is
   * collected as garbage.
   */
  readonly code?: 'native' | 'reloadable' | undefined
  /** Milliseconds that evaluating the code may take; 10 s unless given. */
  readonly codeTimeout?: number | undefined
}

const DEFAULT_TIMEOUT = 10_000

export class CodeTimeout extends Error {}

export interface LoadedCode {
  readonly exports: Namespace
  /** Where Node finds the entry; a new address for each version. */
  readonly url: string
  /** What other threads and processes evaluate instead; undefined: they import the address. */
  readonly sources: ModuleSources | undefined
}

/**
 * The exports of a plan's code. Native code of which a file but the entry has changed since Node
 * loaded it is evaluated as reloadable code is: Node would give the old file. Rejects with a
 * `CodeTimeout` when it does not come to an end, with a `ModuleFault` for imports that do not fit,
 * and with whatever the code throws.
 */
export async function evaluateGraph(
  graph: ModuleGraph,
  { code = 'native', codeTimeout = DEFAULT_TIMEOUT }: CodeOptions,
): Promise<LoadedCode> {
  // Not on a clock port: a runtime, whose clock may stand still, does not exist yet, and code that
  // is evaluated takes real time.
  const over = new AbortController()
  const late = sleep(codeTimeout, undefined, { signal: over.signal }).then(() => {
    throw new CodeTimeout(`it did not come to an end within ${codeTimeout} ms`)
  })
  const url = urlOf(graph)
  const loading = code === 'native' && natives.admit(graph) ? native(url) : isolated.load(graph)
  try {
    return { url, ...(await Promise.race([loading, late])) }
  } finally {
    over.abort()
    late.catch(() => {})
    loading.catch(() => {})
  }
}

const natives = new NativeFiles()
const isolated = new IsolatedCodes()

async function native(url: string) {
  return { exports: (await import(url)) as Namespace, sources: undefined }
}

function urlOf({ entry, version }: ModuleGraph): string {
  const url = pathToFileURL(entry)
  url.searchParams.set('version', version)
  return url.href
}
