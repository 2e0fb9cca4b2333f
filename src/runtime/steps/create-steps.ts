import type { Plan } from '../../plan/model.ts'
import type { StepProgram } from '../../plan/steps/program.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { StoredJournal } from '../deliveries/journal.ts'
import { Ledger } from './ledger.ts'
import type { StepServices } from './services.ts'
import { StepsRun } from './steps-run.ts'

/** Runs tasks that are made of steps. */
export interface StepRuns {
  /** The output of the steps, or a Passivation; see StepsRun. */
  run(delivery: Delivery, plan: Plan, program: StepProgram): Promise<unknown>
  /** Whether the delivery goes on with an attempt that was passivated. */
  isResumed(delivery: Delivery): Promise<boolean>
}

export function createStepRuns(services: StepServices): StepRuns {
  const open = (delivery: Delivery) => {
    const { attempts, deliveries } = delivery.tasklet
    const journal = new StoredJournal(services, delivery, 'steps/')
    return Ledger.open(journal, { attempt: attempts + 1, delivery: deliveries })
  }
  return {
    run: async (delivery, plan, program) =>
      new StepsRun(services, delivery, plan, await open(delivery)).run(program),
    isResumed: async (delivery) =>
      delivery.tasklet.deliveries > 1 && (await open(delivery)).isResumed,
  }
}
