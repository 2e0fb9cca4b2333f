import { pbkdf2Sync } from 'node:crypto'
import { definePlan } from '../../../src/index.ts'

/** What a handler does. */
export type Work = 'nothing' | 'computing'

export const TASK = 'bench/deliver'

/** Some milliseconds of a core, whatever else runs: a count of rounds, not a time. */
const ROUNDS = 20_000

export function compute(): void {
  pbkdf2Sync('setpoint', 'bench', ROUNDS, 32, 'sha256')
}

export function toPlan(deliver: (input: number) => void | Promise<void>) {
  return definePlan({
    name: 'bench',
    tasks: { deliver: ({ input }) => deliver(Number(input)) },
  })
}
