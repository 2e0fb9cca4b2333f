import { KeptSchedule } from './kept-schedule.ts'

/** A schedule that runs only when somebody asks. */
export class ManualSchedule extends KeptSchedule {
  readonly state = 'manual'
  readonly next = undefined
  readonly resident = undefined
}
