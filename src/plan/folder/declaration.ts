import { join } from 'node:path'
import { isRecord, ownValue } from '../data.ts'
import type { Declaration } from '../declaration.ts'
import type { Diagnostic } from '../diagnostic.ts'
import type { Finding, Locate, Path } from '../finding.ts'
import { toDiagnostic } from '../finding.ts'
import type { CodeOptions } from '../modules/load.ts'
import type { Source } from '../source/source.ts'
import { hashParts } from '../version.ts'
import { readActions } from './actions.ts'
import { PLAN_FILE } from './find.ts'
import { listInside } from './folder.ts'
import type { FolderReader, SourceRead } from './reader.ts'
import { openFolder, readSource } from './reader.ts'

const MACHINE_FILE = 'machine.json'
const TASKS_FOLDER = 'tasks'
const TASK_FILE = /^tasks\/(.+)\.yaml$/

/** What a plan's folder declares. Without a declaration, the diagnostics say why there is none. */
export interface FolderRead {
  readonly declaration: Declaration | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** Text of each file that was read, by the name that diagnostics give it. */
  readonly texts: ReadonlyMap<string, string>
}

/** Reads every file of a plan's folder. Rejects for nothing that a folder may contain. */
export async function declareFolder(folder: string, options?: CodeOptions): Promise<FolderRead> {
  const reader = await openFolder(folder)
  if (!('root' in reader)) {
    return { declaration: undefined, diagnostics: reader.diagnostics, texts: new Map() }
  }
  const plan = await readSource(reader, PLAN_FILE)
  const machine = await readSource(reader, MACHINE_FILE)
  const tasks = await readTasks(reader)
  if (plan === 'missing') {
    const message = `there is no ${PLAN_FILE} in this folder`
    reader.diagnostics.push({ rule: 'no-plan', message, path: '', file: folder })
  }
  const declaration =
    typeof plan === 'string' ? undefined : await declare(reader, { plan, machine, tasks }, options)
  return { declaration, diagnostics: reader.diagnostics, texts: reader.texts }
}

/** What the files of a plan hold. */
interface Sources {
  readonly plan: Source
  readonly machine: SourceRead
  readonly tasks: TaskSources
}

type TaskSources = ReadonlyMap<string, SourceRead>

/** The files of the tasks folder by the names they give their tasks. */
async function readTasks(reader: FolderReader): Promise<TaskSources> {
  const tasks = new Map<string, SourceRead>()
  for (const file of await listTasks(reader)) {
    const [, name] = TASK_FILE.exec(file) ?? []
    if (name !== undefined) tasks.set(name, await readSource(reader, file))
    else if (file.endsWith('.yml')) blame(reader, file, 'task-file', 'a task file ends in .yaml')
  }
  return tasks
}

async function listTasks(reader: FolderReader): Promise<readonly string[]> {
  try {
    return await listInside(reader.root, TASKS_FOLDER)
  } catch (error) {
    const message = `the folder cannot be read: ${(error as Error).message}`
    blame(reader, TASKS_FOLDER, 'unreadable', message)
    return []
  }
}

function blame({ diagnostics, folder }: FolderReader, name: string, rule: string, message: string) {
  diagnostics.push({ rule, message, path: '', file: join(folder, name) })
}

async function declare(
  reader: FolderReader,
  { plan, machine, tasks }: Sources,
  options: CodeOptions | undefined,
): Promise<Declaration> {
  const mounted = mount(plan, machine, tasks)
  const locate = locateIn(mounted)
  const { code, findings } = await readActions(reader, ownValue(plan.value, 'actions'), options)
  const problems = [...findDuplicates(mounted), ...findings]
  reader.diagnostics.push(...problems.map((finding) => toDiagnostic(finding, locate)))
  return {
    value: assemble(mounted),
    code,
    locate,
    folder: reader.root,
    version: hashParts(reader.contents),
    taskFiles: new Set(tasks.keys()),
    unread: {
      machine: machine === 'unusable',
      tasks: new Set([...tasks].filter(([, read]) => read === 'unusable').map(([name]) => name)),
    },
  }
}

/** A file and the place of its value in the plan's. The plan's own file comes first. */
interface Mounted {
  readonly at: Path
  readonly source: Source
}

function mount(plan: Source, machine: SourceRead, tasks: TaskSources): readonly Mounted[] {
  const parts = [
    [['machine'], machine] as const,
    ...[...tasks].map(([name, read]) => [['tasks', name], read] as const),
  ]
  const usable = parts.flatMap(([at, source]) =>
    typeof source === 'string' ? [] : [{ at, source }],
  )
  return [{ at: [], source: plan }, ...usable]
}

/** A part that the plan's own file declares too is reported, and the plan's own file counts. */
function isDeclaredInPlan({ at }: Mounted, [plan]: readonly Mounted[]): boolean {
  return at.length > 0 && at.reduce<unknown>(ownValueAt, plan?.source.value) !== undefined
}

function ownValueAt(value: unknown, key: string | number): unknown {
  return ownValue(value, String(key))
}

function findDuplicates(mounted: readonly Mounted[]): readonly Finding[] {
  return mounted
    .filter((each) => isDeclaredInPlan(each, mounted))
    .map(({ at, source }) => ({
      rule: `duplicate-${at[0] === 'tasks' ? 'task' : 'machine'}`,
      path: at,
      at: 'key',
      message: `${source.file} declares this too`,
    }))
}

function assemble(mounted: readonly Mounted[]): unknown {
  const plan = mounted[0]?.source.value
  if (!isRecord(plan)) return plan
  const value: Record<string, unknown> = { ...plan }
  for (const each of mounted) {
    const [part, name] = each.at
    if (isDeclaredInPlan(each, mounted)) continue
    if (part === 'machine') value['machine'] = each.source.value
    const { tasks = {} } = value
    if (part === 'tasks' && isRecord(tasks)) {
      value['tasks'] = { ...tasks, [String(name)]: each.source.value }
    }
  }
  return value
}

function locateIn(mounted: readonly Mounted[]): Locate {
  return (path, at, within) => {
    const inside = mounted.filter(
      (each) =>
        each.at.every((part, index) => part === path[index]) && !isDeclaredInPlan(each, mounted),
    )
    const nearest = inside.at(-1)
    if (nearest === undefined) return {}
    const place = nearest.source.locate(path.slice(nearest.at.length), at, within)
    return { file: nearest.source.file, ...place }
  }
}
