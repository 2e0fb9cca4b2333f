import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Compilation, CompileOptions } from './compile.ts'
import { compileDeclaration } from './compile.ts'
import type { Declaration } from './declaration.ts'
import type { PlanDefinition } from './define.ts'
import { declareDefinition } from './definition.ts'
import type { Diagnostic } from './diagnostic.ts'
import { describePlace, PlanError, quote } from './diagnostic.ts'
import { toDiagnostic } from './finding.ts'
import { declareFolder, PLAN_FILE } from './folder-declaration.ts'
import type { Plan } from './model.ts'

/** What came of one source of a plan. */
interface Loaded {
  readonly plan: Plan | undefined
  readonly declaration: Declaration | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly texts: ReadonlyMap<string, string>
}

/**
 * The plan that a folder declares.
 * @throws {PlanError} with everything that is wrong with any of its files.
 */
export async function loadPlan(folder: string, options?: CompileOptions): Promise<Plan> {
  return planOf(await loadFolder(folder, options))
}

/**
 * Plans from code, from plan folders and from folders of plan folders, in the given order.
 * @throws {PlanError} with everything that is wrong with any of them; two plans of one name too.
 */
export async function loadPlans(
  sources: readonly (PlanDefinition | string)[],
  options?: CompileOptions,
): Promise<readonly Plan[]> {
  const loaded: Loaded[] = []
  for (const source of sources) {
    if (typeof source !== 'string') loaded.push(loadDefinition(source, options))
    else
      for (const folder of await planFolders(source)) loaded.push(await loadFolder(folder, options))
  }
  return plansOf(loaded)
}

/**
 * The plan that a definition in code stands for.
 * @throws {PlanError} with everything that is wrong with it.
 */
export function compilePlan(definition: PlanDefinition, options?: CompileOptions): Plan {
  return planOf(loadDefinition(definition, options))
}

function loadDefinition(definition: PlanDefinition, options: CompileOptions | undefined): Loaded {
  const declaration = declareDefinition(definition)
  return { declaration, texts: new Map(), ...compileDeclaration(declaration, options) }
}

async function loadFolder(folder: string, options: CompileOptions | undefined): Promise<Loaded> {
  const { declaration, diagnostics, texts } = await declareFolder(folder)
  const compiled: Compilation | undefined = declaration && compileDeclaration(declaration, options)
  const all = sortByPlace([...diagnostics, ...(compiled?.diagnostics ?? [])])
  const plan = all.length === 0 ? compiled?.plan : undefined
  return { plan, declaration, diagnostics: all, texts }
}

/** Files keep the order in which they were first named; within a file from top to bottom. */
function sortByPlace(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(diagnostics.map(({ file }) => file))]
  const rank = ({ file }: Diagnostic) => files.indexOf(file)
  return [...diagnostics].sort(
    (a, b) =>
      rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  )
}

/** A plan's folder itself, or every plan's folder directly inside of it, in order. */
async function planFolders(path: string): Promise<readonly string[]> {
  if (await hasPlan(path)) return [path]
  // A folder that cannot be read is taken for a plan, because loading it says what is wrong.
  const names = await readdir(path).catch((): string[] => [])
  const folders = names.sort().map((name) => join(path, name))
  const plans = await Promise.all(folders.map(hasPlan))
  const found = folders.filter((_, index) => plans[index])
  return found.length > 0 ? found : [path]
}

async function hasPlan(folder: string): Promise<boolean> {
  const found = await stat(join(folder, PLAN_FILE)).catch(() => undefined)
  return found !== undefined
}

function planOf(loaded: Loaded): Plan {
  const [plan] = plansOf([loaded])
  if (plan === undefined) throw new Error('a source without a plan has to have diagnostics')
  return plan
}

function plansOf(loaded: readonly Loaded[]): readonly Plan[] {
  const diagnostics = [...loaded.flatMap((each) => each.diagnostics), ...findNamesakes(loaded)]
  if (diagnostics.length > 0) {
    throw new PlanError(diagnostics, new Map(loaded.flatMap(({ texts }) => [...texts])))
  }
  return loaded.flatMap(({ plan }) => (plan === undefined ? [] : [plan]))
}

function findNamesakes(loaded: readonly Loaded[]): readonly Diagnostic[] {
  const first = new Map<string, string>()
  return loaded.flatMap(({ plan, declaration }) => {
    if (plan === undefined || declaration === undefined) return []
    const at = (message: string) =>
      toDiagnostic(
        { rule: 'duplicate-plan', path: ['name'], message },
        declaration.locate,
        plan.name,
      )
    const place = first.get(plan.name)
    if (place === undefined) {
      first.set(plan.name, describePlace(at('')))
      return []
    }
    return [at(`the plan ${quote(plan.name)} is already declared at ${place}`)]
  })
}
