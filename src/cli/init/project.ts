import { cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { InputError } from '../../core/errors.ts'
import type { Example } from './examples.ts'

/** What stands in the package that projects are made from. */
export interface Template {
  /** The folder of the package. */
  readonly folder: string
  readonly version: string
}

export interface Project {
  /** Absolute. */
  readonly folder: string
  /** What was written, relative to the folder: files, and the plan's folder as one. */
  readonly written: readonly string[]
}

const SCHEMA = 'plan.schema.json'
const IGNORED = '.setpoint/\nnode_modules/\n'
const MODULES = { private: true, type: 'module' }

/**
 * Makes a project, or adds to one that is there, so that the example runs in it. Overwrites nothing.
 * @throws {InputError} when the plan is there already, before anything is written.
 */
export async function makeProject(
  folder: string,
  { name, run }: Example,
  template: Template,
): Promise<Project> {
  const root = resolve(folder)
  const plan = join(root, 'plans', name)
  await refuseToOverwrite(root, plan)
  await mkdir(dirname(plan), { recursive: true })
  const packageFile = join(root, 'package.json')
  const schema = await copySchema(root, template)
  const written = [
    await writeNew(packageFile, toPackage(root, run, template.version)),
    await writeNew(join(root, '.gitignore'), IGNORED),
    schema,
    await copyPlan(plan, join(template.folder, 'plans', name), {
      hasSchema: schema !== undefined,
      isModular: await isModular(packageFile),
    }),
  ]
  const paths = written.filter((path) => path !== undefined)
  return { folder: root, written: paths.map((path) => relative(root, path)) }
}

async function refuseToOverwrite(root: string, plan: string): Promise<void> {
  const found = await stat(root).catch(absent)
  if (found !== undefined && !found.isDirectory()) {
    throw new InputError(`${root} is a file: name a folder, or one that is yet to be made`)
  }
  if ((await stat(plan).catch(absent)) === undefined) return
  throw new InputError(`${plan} is there already, so nothing was written: name another folder`)
}

/** Undefined, and nothing written, when there is such a file. */
async function writeNew(file: string, text: string): Promise<string | undefined> {
  try {
    await writeFile(file, text, { flag: 'wx' })
    return file
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined
    throw error
  }
}

function toPackage(root: string, run: string, version: string): string {
  return toText({
    name: toPackageName(basename(root)),
    ...MODULES,
    scripts: { start: `setpoint run ${run}` },
    dependencies: { setpoint: `^${version}` },
  })
}

/** The nearest that npm takes for a name. */
function toPackageName(text: string): string {
  const name = text.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-')
  return name.replaceAll(/^[._-]+|[._-]+$/g, '') || 'plans'
}

/** What editors check plans with. It belongs to the package, so the newest takes the place of others. */
async function copySchema(root: string, template: Template): Promise<string | undefined> {
  const file = join(root, 'plans', SCHEMA)
  try {
    await cp(join(template.folder, 'docs/schema', SCHEMA), file)
    return file
  } catch (error) {
    return absent(error)
  }
}

/** Whether Node takes the code of the project for modules without being told. */
async function isModular(packageFile: string): Promise<boolean> {
  try {
    const { type } = JSON.parse(await readFile(packageFile, 'utf8'))
    return type === 'module'
  } catch {
    // Whatever is wrong with it, the plan can say for itself what its code is.
    return false
  }
}

/** What a plan finds around it. */
interface PlanPlace {
  readonly hasSchema: boolean
  readonly isModular: boolean
}

/** The folder has its name only when everything is in it. */
async function copyPlan(plan: string, source: string, place: PlanPlace): Promise<string> {
  const draft = join(dirname(plan), `.${basename(plan)}.draft`)
  await rm(draft, { recursive: true, force: true })
  try {
    await cp(source, draft, { recursive: true })
    if (!place.isModular) await writeFile(join(draft, 'package.json'), toText(MODULES))
    const file = join(draft, 'plan.yaml')
    await writeFile(file, withSchemaLine(await readFile(file, 'utf8'), place))
    await rename(draft, plan)
    return plan
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

const SCHEMA_LINE = /^# yaml-language-server: .*\n/

/** The line that tells editors where the schema is. */
function withSchemaLine(text: string, { hasSchema }: PlanPlace): string {
  const line = hasSchema ? `# yaml-language-server: $schema=../${SCHEMA}\n` : ''
  return `${line}${text.replace(SCHEMA_LINE, '')}`
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function absent(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'ENOENT') throw error
}
