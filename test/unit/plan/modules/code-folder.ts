import { realpath } from 'node:fs/promises'
import { readInside } from '../../../../src/plan/folder/folder.ts'
import { type ModuleGraph, readGraph } from '../../../../src/plan/modules/graph.ts'
import { type CodeOptions, evaluateGraph } from '../../../../src/plan/modules/load.ts'
import { writeFolder } from '../plan-folder.ts'

/** The graph of a folder's `actions.ts`. */
export async function graphIn(folder: string, entry = 'actions.ts'): Promise<ModuleGraph> {
  const root = await realpath(folder)
  const found = await readInside(root, entry, Number.POSITIVE_INFINITY)
  if (found.state !== 'read') throw new Error(`${entry} is ${found.state}`)
  return readGraph(root, found)
}

export async function graphOf(files: Record<string, string>, entry?: string): Promise<ModuleGraph> {
  return graphIn(await writeFolder(files), entry)
}

/** The exports of files that are evaluated apart from Node's modules. */
export async function evaluated(files: Record<string, string>, options?: CodeOptions) {
  const graph = await graphOf(files)
  const { exports } = await evaluateGraph(graph, { code: 'reloadable', ...options })
  return exports as Record<string, (...args: unknown[]) => unknown>
}
