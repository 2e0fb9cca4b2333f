import type { Compilation, CompileOptions } from './compile.ts'
import { compileDeclaration } from './compile.ts'
import type { Declaration } from './declaration.ts'
import type { PlanDefinition } from './define.ts'
import { declareDefinition } from './definition.ts'
import type { Diagnostic } from './diagnostic.ts'
import { describePlace, PlanError, quote } from './diagnostic.ts'
import { toDiagnostic } from './finding.ts'
import { declareFolder } from './folder/declaration.ts'
import { findPlanFolders } from './folder/find.ts'
import type { Plan } from './model.ts'
import type { CodeOptions } from './modules/load.ts'

/** How plans are checked, and how the code of their folders is loaded. */
export interface LoadOptions extends CompileOptions, CodeOptions {}

/** What came of reading one plan. */
export interface PlanRead {
  /** Its folder, as it was found; undefined for a plan from code. */
  readonly folder: string | undefined
  /** Undefined: it cannot be used. */
  readonly plan: Plan | undefined
  readonly declaration: Declaration | undefined
  /** Why it cannot be used; warnings stand in the plan. */
  readonly diagnostics: readonly Diagnostic[]
  /** Text of each file that was read, by the name that diagnostics give it. */
  readonly texts: ReadonlyMap<string, string>
}

/**
 * The plan that a folder declares.
 * @throws {PlanError} with everything that is wrong with any of its files.
 */
export async function loadPlan(folder: string, options?: LoadOptions): Promise<Plan> {
  return planOf(await loadFolder(folder, options))
}

/**
 * Plans from code, from plan folders and from folders of plan folders, in the given order.
 * @throws {PlanError} with everything that is wrong with any of them; two plans of one name too.
 */
export async function loadPlans(
  sources: readonly (PlanDefinition | string)[],
  options?: LoadOptions,
): Promise<readonly Plan[]> {
  return plansOf(await readPlans(sources, options))
}

/** As `loadPlans`, each plan by itself: one that cannot be used hides none of the others. */
export async function readPlans(
  sources: readonly (PlanDefinition | string)[],
  options?: LoadOptions,
): Promise<readonly PlanRead[]> {
  const reads: PlanRead[] = []
  for (const source of sources) {
    if (typeof source !== 'string') reads.push(loadDefinition(source, options))
    else
      for (const folder of await findPlanFolders(source))
        reads.push(await loadFolder(folder, options))
  }
  return refuseNamesakes(reads)
}

/**
 * The plan that a definition in code stands for.
 * @throws {PlanError} with everything that is wrong with it.
 */
export function compilePlan(definition: PlanDefinition, options?: CompileOptions): Plan {
  return planOf(loadDefinition(definition, options))
}

function loadDefinition(definition: PlanDefinition, options: CompileOptions | undefined): PlanRead {
  const declaration = declareDefinition(definition)
  const compiled = compileDeclaration(declaration, options)
  return { folder: undefined, declaration, texts: new Map(), ...compiled }
}

async function loadFolder(folder: string, options: LoadOptions | undefined): Promise<PlanRead> {
  const { declaration, diagnostics, texts } = await declareFolder(folder, options)
  const compiled: Compilation | undefined = declaration && compileDeclaration(declaration, options)
  const all = sortByPlace([...diagnostics, ...(compiled?.diagnostics ?? [])])
  const usable = all.length === 0 ? compiled?.plan : undefined
  const plan = usable && { ...usable, warnings: sortByPlace(usable.warnings) }
  return { folder, plan, declaration, diagnostics: all, texts }
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

function planOf(loaded: PlanRead): Plan {
  const [plan] = plansOf([loaded])
  if (plan === undefined) throw new Error('a source without a plan has to have diagnostics')
  return plan
}

function plansOf(reads: readonly PlanRead[]): readonly Plan[] {
  const diagnostics = reads.flatMap((each) => each.diagnostics)
  if (diagnostics.length > 0) {
    throw new PlanError(diagnostics, new Map(reads.flatMap(({ texts }) => [...texts])))
  }
  return reads.flatMap(({ plan }) => (plan === undefined ? [] : [plan]))
}

/** Of several plans of one name the first counts. */
function refuseNamesakes(reads: readonly PlanRead[]): readonly PlanRead[] {
  const first = new Map<string, string>()
  return reads.map((read) => {
    const { plan, declaration } = read
    if (plan === undefined || declaration === undefined) return read
    const at = (message: string) =>
      toDiagnostic(
        { rule: 'duplicate-plan', path: ['name'], message },
        declaration.locate,
        plan.name,
      )
    const place = first.get(plan.name)
    if (place === undefined) {
      first.set(plan.name, describePlace(at('')))
      return read
    }
    const message = `the plan ${quote(plan.name)} is already declared at ${place}`
    return { ...read, plan: undefined, diagnostics: [at(message)] }
  })
}
