import { buildPlan } from './build.ts'
import type { Declaration } from './declaration.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Finding } from './finding.ts'
import { toDiagnostic } from './finding.ts'
import { inspectDeclaration } from './inspect.ts'
import { lintPlan } from './lint/lint.ts'
import type { Plan } from './model.ts'
import type { ResourceDeclaration } from './schema/plan.ts'
import { buildWorld } from './world/build.ts'

export interface CompileOptions {
  /** Resources declared outside of plans and shared by them, by name. */
  readonly resources?: Readonly<Record<string, ResourceDeclaration>> | undefined
}

export type Compilation =
  | { readonly plan: Plan; readonly diagnostics: readonly [] }
  | { readonly plan: undefined; readonly diagnostics: readonly Diagnostic[] }

/** A declaration as a plan, or everything that is wrong with it. */
export function compileDeclaration(
  declaration: Declaration,
  { resources = {} }: CompileOptions = {},
): Compilation {
  const { value, code, unread, locate } = declaration
  const inspection = inspectDeclaration(declaration, resources)
  const { name, outline, edges } = inspection
  const diagnose = (findings: readonly Finding[]): readonly Diagnostic[] =>
    findings.map((each) => toDiagnostic(each, locate, name))
  const refuse = (findings: readonly Finding[]): Compilation => ({
    plan: undefined,
    diagnostics: diagnose(findings),
  })
  const unfinished = code === undefined || unread.machine || unread.tasks.size > 0
  if (inspection.findings.length > 0 || unfinished) return refuse(inspection.findings)
  const built = outline && buildWorld(outline, code)
  if (built !== undefined && 'findings' in built) return refuse(built.findings)
  // Only what is sound is worth advice.
  const advice = lintPlan({ value, code, outline, edges })
  if (advice.some(({ severity }) => severity === 'error')) return refuse(advice)
  const plan = buildPlan(declaration, code, inspection, built?.world)
  return { plan: { ...plan, warnings: diagnose(advice) }, diagnostics: [] }
}
