import { fullTaskName } from '../../core/tasklet.ts'
import type { Plan } from '../../plan/model.ts'
import type { StepProgram } from '../../plan/steps/program.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { StoredJournal } from '../deliveries/journal.ts'
import { Refusal } from '../deliveries/refusal.ts'
import { changedStep } from './changed-step.ts'
import { STEPS_PREFIX } from './kept-steps.ts'
import { Ledger } from './ledger.ts'
import { PatientJournal } from './patience.ts'
import type { StepServices } from './services.ts'
import { StepsRun } from './steps-run.ts'

/** Runs tasks that are made of steps. */
export interface StepRuns {
  /** The output of the steps, or a Passivation; see StepsRun. A Refusal if they are others by now. */
  run(delivery: Delivery, plan: Plan, program: StepProgram): Promise<unknown>
  /** Whether the delivery goes on with an attempt that was passivated. */
  isResumed(delivery: Delivery): Promise<boolean>
  /** For a task without steps: rejects with a Refusal if it has begun with steps. */
  requireNone(delivery: Delivery): Promise<void>
}

export function createStepRuns(services: StepServices): StepRuns {
  const open = (delivery: Delivery) => {
    const { attempts, deliveries } = delivery.tasklet
    const stored = new StoredJournal(services, delivery, STEPS_PREFIX)
    const journal = new PatientJournal(stored, services, () => delivery.signal)
    return Ledger.open(journal, { attempt: attempts + 1, delivery: deliveries })
  }
  return {
    run: async (delivery, plan, program) => {
      const ledger = await open(delivery)
      const change = changedStep(ledger.begun, program, plan)
      if (change !== undefined) throw refuse(delivery, change)
      return new StepsRun(services, delivery, plan, ledger).run(program)
    },
    isResumed: async (delivery) =>
      delivery.tasklet.deliveries > 1 && (await open(delivery)).isResumed,
    requireNone: async (delivery) => {
      const { isResumed, begun } = await open(delivery)
      if (isResumed || begun.length > 0) throw refuse(delivery, 'it has no steps any more')
    },
  }
}

function refuse({ tasklet }: Delivery, change: string): Refusal {
  const message = `${fullTaskName(tasklet)} has changed since it began, and cannot go on where it was: ${change}`
  return new Refusal({ kind: 'missing-task', message })
}
