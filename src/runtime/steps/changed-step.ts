import type { Plan } from '../../plan/model.ts'
import type { StepMeaning, StepProgram } from '../../plan/steps/program.ts'

/**
 * Why steps that were begun in another version cannot be gone on with in this one; undefined: they
 * can. `begun`: by their places, sub-tasks' behind a slash.
 */
export function changedStep(
  begun: readonly StepMeaning[],
  program: StepProgram,
  plan: Plan,
): string | undefined {
  for (const { at, does } of begun) {
    const now = find(at.split('/'), program, plan)
    if (now === undefined) return `step "${at}" is gone`
    if (now.does !== does) return `step "${at}" is another one now`
  }
  return undefined
}

function find(
  [place, ...inner]: readonly string[],
  program: StepProgram,
  plan: Plan,
): StepMeaning | undefined {
  for (const [action, meaning] of program.meanings) {
    if (meaning.at !== place) continue
    if (inner.length === 0) return meaning
    const steps = action.kind === 'task' ? plan.tasks.get(action.task)?.steps : undefined
    return steps && find(inner, steps, plan)
  }
  return undefined
}
